import CLIPData
import CLIPImaging
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct BatchLoaderTests {
    @Test func `an epoch has every pair once, in another order than the next epoch`() throws {
        let batches = try BatchLoader(MadePairs(count: 48), LoaderOptions(batch: 8, epochs: 2)).all()
        #expect(batches.map(\.count) == Array(repeating: 8, count: 12))
        #expect(batches.map(\.epoch) == Array(repeating: 0, count: 6) + Array(repeating: 1, count: 6))
        #expect(batches.map(\.step) == Array(0..<6) + Array(0..<6))
        #expect(batches.map(\.samplesSeen) == (1...12).map { $0 * 8 })
        let orders = [0, 1].map { epoch in batches.filter { $0.epoch == epoch }.flatMap(\.captions) }
        #expect(orders.allSatisfy { Set($0).count == 48 })
        #expect(orders[0] != orders[1])
    }

    @Test(arguments: [1, 3]) func `a rest makes a smaller batch or none`(threads: Int) throws {
        let kept = try BatchLoader(MadePairs(), LoaderOptions(batch: 8, threads: threads) { $0.dropsLast = false })
        #expect(try kept.all().map(\.count) == [8, 8, 8, 8, 8, 8, 2])
        let dropped = try BatchLoader(MadePairs(), LoaderOptions(batch: 8, threads: threads))
        #expect(try dropped.all().map(\.count) == [8, 8, 8, 8, 8, 8])
        #expect(kept.stepsPerEpoch == 7 && dropped.stepsPerEpoch == 6)
    }

    @Test func `two and five threads make the batches of one`() throws {
        let dataset = MadePairs(broken: [1, 20, 44], caption: { "picture \($0 % 20)" })
        let augmentation = ImageAugmentation(
            scale: 0.08...1, flipProbability: 0.5,
            jitter: ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1), greyProbability: 0.2)
        let contents = try [1, 2, 5].map { threads in
            try BatchLoader(
                dataset, images: .augmented(augmentation, height: 16, width: 14), tokenizer: ByteTokenizer(),
                options: LoaderOptions(batch: 8, threads: threads, epochs: 3) { $0.distinctCaptions = true }
            ).all().map(BatchContent.init)
        }
        #expect(contents[0].count >= 15)
        #expect(contents[0] == contents[1] && contents[0] == contents[2])
    }

    @Test(arguments: [false, true]) func `a run goes on after any batch`(distinct: Bool) throws {
        let dataset = MadePairs(broken: [5, 6], caption: { "picture \($0 % 12)" })
        let options = LoaderOptions(batch: 8, threads: 2, epochs: 2) {
            $0.distinctCaptions = distinct
            $0.dropsLast = false
        }
        let whole = try BatchLoader(dataset, options).all().map(BatchContent.init)
        for step in whole.indices {
            let saved = try JSONEncoder().encode(whole[step].next)
            let position = try JSONDecoder().decode(LoaderPosition.self, from: saved)
            let rest = try BatchLoader(dataset, options, from: position).all().map(BatchContent.init)
            #expect(rest == Array(whole[(step + 1)...]))
        }
    }

    @Test(arguments: [
        #"{"epoch": 9223372036854775807, "step": 0, "samplesSeen": 0, "cursor": 0, "deferred": []}"#,
        #"{"epoch": 0, "step": 9223372036854775807, "samplesSeen": 0, "cursor": 0, "deferred": []}"#,
        #"{"epoch": 0, "step": 0, "samplesSeen": 9223372036854775807, "cursor": 0, "deferred": []}"#,
        #"{"epoch": 0, "step": 0, "samplesSeen": 8, "cursor": 8, "deferred": [3, 3]}"#,
        #"{"epoch": 0, "step": 0, "samplesSeen": 8, "cursor": 8, "deferred": [9]}"#,
        #"{"epoch": -1, "step": 0, "samplesSeen": 0, "cursor": 0, "deferred": []}"#,
    ]) func `a position that no loader gave is refused`(text: String) throws {
        let position = try JSONDecoder().decode(LoaderPosition.self, from: Data(text.utf8))
        #expect(throws: DatasetError.self) {
            try BatchLoader(MadePairs(count: 48), LoaderOptions(batch: 8, epochs: 2), from: position)
        }
    }

    @Test func `a batch beyond every memory is refused`() {
        #expect(throws: DatasetError.self) { try BatchLoader(MadePairs(), LoaderOptions(batch: .max)) }
    }

    @Test func `bad samples are replaced, counted once and named`() throws {
        let loader = try BatchLoader(
            MadePairs(count: 40, broken: Set(0..<16)), LoaderOptions(batch: 8, threads: 2, epochs: 2))
        let batches = try loader.all()
        #expect(batches.map(\.count) == Array(repeating: 8, count: 6))
        #expect(loader.report.bad.count == 16)
        #expect(loader.report.bad.first.count == 10)
        #expect(loader.report.bad.first.allSatisfy { $0.description.hasSuffix(": broken on purpose") })
        #expect(loader.report.batches == 6)
    }

    @Test func `a data set without a good sample is an error`() throws {
        let loader = try BatchLoader(MadePairs(count: 9, broken: Set(0..<9)), LoaderOptions(batch: 2, epochs: nil))
        let error = #expect(throws: DatasetError.self) { try loader.next() }
        #expect(error?.description.contains("9 of 9 samples cannot be used; the first: sample ") == true)
    }

    @Test func `a data set smaller than a batch is an error`() throws {
        let loader = try BatchLoader(MadePairs(count: 3), LoaderOptions(batch: 4, epochs: nil))
        let error = #expect(throws: DatasetError.self) { try loader.next() }
        #expect(error?.description == "data set: expected a batch of 4 pairs, found 3")
    }

    @Test func `captions in a batch are distinct if asked for, and equal ones are known`() throws {
        let dataset = MadePairs(count: 64, caption: { "picture \($0 % 32)" })
        let distinct = try BatchLoader(dataset, LoaderOptions(batch: 16) { $0.distinctCaptions = true }).all()
        #expect(distinct.count >= 3)
        #expect(distinct.allSatisfy { Set($0.captions).count == 16 && $0.firstEqual == Array(0..<16) })
        let batch = try #require(try BatchLoader(dataset, LoaderOptions(batch: 64)).next())
        for (row, first) in batch.firstEqual.enumerated() {
            #expect(batch.captions[Int(first)] == batch.captions[row])
            #expect(batch.captions.firstIndex(of: batch.captions[row]) == Int(first))
        }
    }

    @Test func `captions repeat where there are too few`() throws {
        let dataset = MadePairs(count: 200, caption: { _ in "picture" })
        let loader = try BatchLoader(dataset, LoaderOptions(batch: 8) { $0.distinctCaptions = true })
        #expect(try loader.all().count >= 20)
    }

    @Test func `a group stays together`() throws {
        let loader = try BatchLoader(MadePairs(count: 20, groupSize: 2), LoaderOptions(batch: 8, threads: 2))
        for batch in try loader.all() {
            for row in stride(from: 0, to: 8, by: 2) { #expect(batch.captions[row + 1] == batch.captions[row] + " 1") }
        }
        #expect(throws: DatasetError.self) {
            try BatchLoader(MadePairs(count: 20, groupSize: 2), LoaderOptions(batch: 7))
        }
    }

    @Test func `token rows are padded to the longest or to the context`() throws {
        let dataset = MadePairs(count: 4, caption: { String(repeating: "a", count: $0 * 6) })
        let trimmed = try #require(
            try BatchLoader(dataset, LoaderOptions(batch: 2) { $0.shuffles = false }).next())
        #expect(trimmed.tokenWidth == 8)
        #expect(trimmed.tokens == [256, 257, 0, 0, 0, 0, 0, 0] + [256] + Array(repeating: 97, count: 6) + [257])
        let whole = try #require(
            try BatchLoader(
                dataset,
                LoaderOptions(batch: 4) {
                    $0.shuffles = false
                    $0.trimsTokens = false
                }
            ).next())
        #expect(whole.tokenWidth == 16 && whole.tokens.count == 64)
        #expect(whole.truncatedCount == 1)
    }

    @Test func `pixels are the planes of each image`() throws {
        let loader = try BatchLoader(
            MadePairs(count: 2), images: .preprocessed(ImagePreprocessing(height: 8, width: 9, resizeMode: .squash)),
            tokenizer: ByteTokenizer(), options: LoaderOptions(batch: 2) { $0.shuffles = false })
        let batch = try #require(try loader.next())
        let expected = (0..<2).flatMap { index in
            let pixels = Bitmap.gradient(index, width: 9, height: 8).pixels
            return (0..<3).flatMap { channel in (0..<72).map { pixels[3 * $0 + channel] } }
        }
        #expect(batch.pixels == expected)
    }

    @Test func `no more is prepared than was asked for`() throws {
        let dataset = MadePairs(count: 100_000)
        let loader = try BatchLoader(dataset, LoaderOptions(batch: 8, threads: 3) { $0.prefetch = 2 })
        _ = try loader.next()
        usleep(200_000)
        // One batch was taken; two wait, and the next may be under way.
        #expect(dataset.calls.total <= 4 * 8)
        loader.stop()
    }

    @Test func `stopping ends the threads and frees a trainer that waits`() throws {
        let dataset = MadePairs(count: 1_000_000)
        let loader = try BatchLoader(dataset, LoaderOptions(batch: 100_000, threads: 3))
        let waiting = Thread {
            usleep(50_000)
            loader.stop()
        }
        waiting.start()
        #expect(try loader.next() == nil)
        loader.stop()
        let calls = dataset.calls.total
        usleep(30_000)
        #expect(dataset.calls.total == calls)
    }

    @Test func `a loader that goes away ends its threads`() throws {
        let dataset = MadePairs(count: 1_000_000)
        do { _ = try BatchLoader(dataset, LoaderOptions(batch: 100_000, threads: 2)) }
        usleep(50_000)
        let calls = dataset.calls.total
        usleep(30_000)
        #expect(dataset.calls.total == calls)
    }

    @Test func `options that cannot work are refused`() throws {
        func refuse(_ change: (inout LoaderOptions) -> Void) {
            #expect(throws: DatasetError.self) { try BatchLoader(MadePairs(), LoaderOptions(batch: 8, change)) }
        }
        refuse { $0.batchSize = 0 }
        refuse { $0.threads = 0 }
        refuse { $0.prefetch = 0 }
        #expect(throws: DatasetError.self) { try BatchLoader(MadePairs(count: 0), LoaderOptions(batch: 8)) }
    }
}
