import CLIPData
import CLIPImaging
import CLIPTokenization
import Foundation
import Synchronization

/// A folder that goes away with its owner, with small images and tables in it.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "pairs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws -> URL { try write(Data(text.utf8), to: name) }

    @discardableResult
    func write(_ data: Data, to name: String) throws -> URL {
        let file = url.appending(path: name)
        try data.write(to: file)
        return file
    }

    /// Images `0.png`, `1.png`, … and a table of them with the titles "picture 0", …
    func table(of count: Int, width: Int = 12, height: Int = 10) throws -> URL {
        var lines = "filepath\ttitle\tkind\tcolour\n"
        for index in 0..<count {
            try write(Bitmap.gradient(index, width: width, height: height).pngData(), to: "\(index).png")
            lines += "\(index).png\tpicture \(index)\t\(["cat", "dog"][index % 2])\tRed\n"
        }
        return try write(lines, to: "table.tsv")
    }
}

extension Bitmap {
    static func gradient(_ seed: Int, width: Int, height: Int) -> Bitmap {
        let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ seed &* 31) }
        return Bitmap(rgb: pixels, width: width, height: height)
    }
}

/// A token for each byte, between 256 and 257.
struct ByteTokenizer: Tokenizer {
    var contextLength = 16
    var vocabularySize: Int { 258 }
    var paddingToken: Int32 { 0 }

    func encode(_ text: String) -> TokenizedText {
        let bytes = text.utf8.map { Int32($0) }
        let ids = [256] + bytes.prefix(contextLength - 2) + [257]
        return TokenizedText(text: text, ids: ids, isTruncated: bytes.count > contextLength - 2)
    }
}

/// Pairs that are made when asked for, with some that fail, and a count of how often they were asked for.
struct MadePairs: PairDataset {
    struct Broken: Error, CustomStringConvertible {
        let description = "broken on purpose"
    }
    final class Calls: Sendable {
        let count = Mutex(0)
        var total: Int { count.withLock { $0 } }
    }
    var count = 50
    var groupSize = 1
    var broken: Set<Int> = []
    /// From this call on the data set is gone.
    var presentCalls = Int.max
    var caption: @Sendable (Int) -> String = { "picture \($0)" }
    let calls = Calls()

    func pairs(at index: Int, epoch: Int) throws -> [Pair] {
        calls.count.withLock { $0 += 1 }
        // Samples take unequal times, so that threads overtake each other.
        if index % 7 == 3 { usleep(300) }
        if broken.contains(index) || calls.total > presentCalls { throw Broken() }
        return (0..<groupSize).map { part in
            Pair(image: .gradient(index, width: 9, height: 8), caption: caption(index) + (part == 0 ? "" : " \(part)"))
        }
    }

    func checkPresence(at index: Int, epoch: Int) throws {
        if calls.total > presentCalls { throw DatasetError("made pairs", "gone") }
    }
}

extension LoaderOptions {
    init(batch: Int, threads: Int = 1, epochs: Int? = 1, _ change: (inout LoaderOptions) -> Void = { _ in }) {
        self.init()
        batchSize = batch
        self.threads = threads
        self.epochs = epochs
        change(&self)
    }
}

extension BatchLoader {
    convenience init(
        _ dataset: some PairDataset, _ options: LoaderOptions, from position: LoaderPosition = LoaderPosition()
    ) throws {
        try self.init(
            dataset, images: .augmented(ImageAugmentation(scale: 0.5...1, flipProbability: 0.5), height: 6, width: 6),
            tokenizer: ByteTokenizer(), options: options, from: position)
    }

    func all() throws -> [Batch] {
        var batches: [Batch] = []
        while let batch = try next() { batches.append(batch) }
        return batches
    }
}

/// What two equal batches agree in.
struct BatchContent: Equatable {
    let pixels: [UInt8]
    let tokens: [Int32]
    let captions: [String]
    let next: LoaderPosition

    init(_ batch: Batch) {
        (pixels, tokens, captions, next) = (batch.pixels, batch.tokens, batch.captions, batch.next)
    }
}
