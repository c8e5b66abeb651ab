import CLIPData
import CLIPImaging
import Foundation
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct BadSampleTests {
    /// What a loader says of bad samples.
    private final class Notes: Sendable {
        let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ sample: BadSample, _ epoch: Int) { lines.withLock { $0.append("\(sample.name) \(epoch)") } }
    }

    private func loader(
        _ dataset: MadePairs, _ options: LoaderOptions, onBadSample: @escaping BadSampleHandler
    ) throws -> BatchLoader {
        try BatchLoader(
            dataset, images: .augmented(ImageAugmentation(), height: 6, width: 6), tokenizer: ByteTokenizer(),
            options: options, onBadSample: onBadSample)
    }

    @Test(arguments: [1, 2, 5]) func `each is told once, in the order of the epochs`(threads: Int) throws {
        let notes = Notes()
        let dataset = MadePairs(count: 64, broken: [3, 40, 63])
        let options = LoaderOptions(batch: 8, threads: threads, epochs: 3) { $0.shuffles = false }
        let loader = try loader(dataset, options) { notes.add($0, $1) }
        #expect(try loader.all().count == 21)
        #expect(notes.all == ["sample 3 0", "sample 40 0", "sample 63 0"])
        #expect(loader.report.bad.count == 3 && loader.report.failedReads == 9 && loader.report.read == 192)
    }

    @Test(arguments: [1, 4]) func `past the limit the loader ends after the batches before`(threads: Int) throws {
        let dataset = MadePairs(count: 2000, broken: Set((0..<2000).filter { $0 % 8 == 5 }))
        let options = LoaderOptions(batch: 50, threads: threads) {
            $0.shuffles = false
            $0.badLimit = 0.1
        }
        let loader = try BatchLoader(dataset, options)
        // Of the first thousand samples 875 are good.
        for _ in 0..<17 { #expect(try loader.next()?.count == 50) }
        let error = #expect(throws: DatasetError.self) { try loader.next() }
        #expect(
            error?.description
                == "data set: expected at most 10 % bad samples, found 126 of 1006; the last: sample 1005: broken on purpose"
        )
        let patient = try BatchLoader(dataset, options.with { $0.badLimit = 0.126 })
        #expect(try patient.all().count == 35)
    }

    @Test func `a limit that is no share is refused`() {
        for limit in [-0.1, 1.1, .nan] {
            let options = LoaderOptions(batch: 8) { $0.badLimit = limit }
            #expect(throws: DatasetError.self) { try BatchLoader(MadePairs(), options) }
        }
    }

    @Test(arguments: [1, 3]) func `a data set that is gone ends the loader at once`(threads: Int) throws {
        let notes = Notes()
        let loader = try loader(
            MadePairs(count: 10_000, presentCalls: 100), LoaderOptions(batch: 8, threads: threads)
        ) { notes.add($0, $1) }
        var batches = 0
        let error = #expect(throws: DatasetError.self) { while try loader.next() != nil { batches += 1 } }
        #expect(error?.description == "made pairs: gone")
        #expect((1...12).contains(batches) && notes.all.isEmpty)
    }

    @Test func `what the handler throws ends the loader`() throws {
        struct Full: Error {}
        let loader = try loader(MadePairs(count: 64, broken: [7]), LoaderOptions(batch: 8)) { _, _ in throw Full() }
        #expect(throws: Full.self) { try loader.all() }
    }

    @Test func `a folder of images that vanishes is named`() throws {
        let folder = try Folder()
        let away = folder.url.path + ".away"
        defer { try? FileManager.default.removeItem(atPath: away) }
        let table = try folder.table(of: 12)
        let loader = try BatchLoader(
            TablePairs(contentsOf: table), LoaderOptions(batch: 4, epochs: nil) { $0.prefetch = 1 })
        #expect(try loader.next()?.count == 4)
        try FileManager.default.moveItem(atPath: folder.url.path, toPath: away)
        let error = #expect(throws: DatasetError.self) { while try loader.next() != nil {} }
        #expect(error?.description == "\(folder.url.path): expected the folder with the images, found none")
    }

    @Test func `the time that a trainer waits is measured`() throws {
        let clock = ContinuousClock()
        let start = clock.now
        let dataset = MadePairs(
            count: 16,
            caption: { index in
                usleep(2000)
                return "picture \(index)"
            })
        let loader = try BatchLoader(dataset, LoaderOptions(batch: 16))
        _ = try loader.next()
        // Sixteen pauses, but for what passed before it was asked for the batch.
        let waited = loader.report.waited
        #expect(waited <= clock.now - start)
        #expect(waited > .milliseconds(1))
        #expect(try loader.next() == nil)
        #expect(loader.report.waited == waited)
    }
}

extension LoaderOptions {
    fileprivate func with(_ change: (inout LoaderOptions) -> Void) -> LoaderOptions {
        var options = self
        change(&options)
        return options
    }
}
