import CLIPData
import CLIPFiles
import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

@Suite("Images in MNIST's and CIFAR's files") struct RecordImagesTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private static func idx(_ sizes: [UInt32], _ elements: [UInt8], type: UInt8 = 8) -> [UInt8] {
        var bytes = [0, 0, type, UInt8(sizes.count)]
        for size in sizes { bytes += (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } }
        return bytes + elements
    }

    private static let images = idx([3, 2, 4], (0..<24).map { UInt8($0) })
    private static let labels = idx([3], [7, 0, 9])

    private func mnist(_ images: [UInt8] = images, _ labels: [UInt8] = labels) throws {
        try folder.put(images, at: "t10k-images-idx3-ubyte")
        try folder.put(labels, at: "t10k-labels-idx1-ubyte")
    }

    private func open(_ change: (inout EvaluationSource.Options) -> Void = { _ in }) throws -> any LabelledImages {
        try folder.source("", change).openLabelled()
    }

    @Test("MNIST's files give grey images of digits")
    func digits() throws {
        try mnist()
        let set = try open()
        #expect(set.count == 3 && set.allLabels == [[7], [0], [9]] && set.classes == (0...9).map(String.init))
        #expect(try set.bitmap(1) == Bitmap(grey: (8..<16).map { UInt8($0) }, width: 4, height: 2))
        #expect(set.name == "\(folder.url.lastPathComponent)/test" && !set.isMultiLabel && set.skipped.count == 0)
        #expect(set.name(at: 2) == "\(folder.path("t10k-images-idx3-ubyte")) image 2")
        let error = #expect(throws: FileError.self) { try open { $0.split = "train" } }
        #expect(error?.path.hasSuffix("train-images-idx3-ubyte") == true && error?.code == .notFound)
        expectError("expected the split test or train of MNIST's files, found \"val\"") {
            _ = try open { $0.split = "val" }
        }
    }

    @Test("packed files, and names with a dot, are read alike")
    func packed() throws {
        try folder.put(TarFixture.gzip(Self.images), at: "train-images.idx3-ubyte.gz")
        try folder.put(TarFixture.gzip(Self.labels), at: "train-labels-idx1-ubyte.gz")
        let set = try open { $0.split = "train" }
        #expect(set.allLabels == [[7], [0], [9]])
        #expect(try set.bitmap(2).pixels == (16..<24).map { UInt8($0) })
        try folder.put(TarFixture.gzip(Self.images).dropLast(20), at: "train-images.idx3-ubyte.gz")
        expectError("train-images.idx3-ubyte.gz: expected a whole gzip file, found the end") {
            _ = try open { $0.split = "train" }
        }
    }

    @Test("classes that are given stand for the digits")
    func names() throws {
        try mnist()
        let names = try folder.classNames((0..<10).map { "thing \($0)" }.joined(separator: "\n"))
        #expect(try open { $0.classNames = names }.classes[9] == "thing 9")
        let few = try folder.classNames("a\nb\nc\nd\ne\nf\ng\nh\n")
        expectError("t10k-labels-idx1-ubyte label 2: expected the label of one of 8 classes, found 9") {
            _ = try open { $0.classNames = few }
        }
    }

    @Test("what is wrong in a header or a size is told")
    func broken() throws {
        let cases: [(images: [UInt8], labels: [UInt8], end: String)] = [
            (
                Self.images.dropLast(), Self.labels,
                "expected 3 × 2 × 4 bytes behind the header, as it says, found 23"
            ),
            (
                Self.images + [0], Self.labels,
                "expected 3 × 2 × 4 bytes behind the header, as it says, found 25"
            ),
            (Self.images, Self.idx([2], [1, 2]), "expected 3 labels, as many as there are images, found 2"),
            (
                Self.images, Self.idx([3], [1, 10, 2]),
                "label 1: expected the label of one of 10 classes, found 10"
            ),
            (Self.images, [0, 0, 8], "expected an idx file of bytes in 1 dimension, found only 3 bytes"),
            (
                Self.idx([3, 2, 4], [UInt8](repeating: 0, count: 96), type: 13), Self.labels,
                "expected an idx file of bytes in 3 dimensions (0x00000803), found 0x00000d03"
            ),
            (
                Self.idx([.max, .max, .max], [1]), Self.labels,
                "expected 4294967295 × 4294967295 × 4294967295 bytes behind the header, as it says, found 1"
            ),
            (
                Self.idx([0, 28, 28], []), Self.labels,
                "expected 0 × 28 × 28 bytes behind the header, as it says, found 0"
            ),
            (
                Self.idx([3, 1, 5000], [UInt8](repeating: 0, count: 15000)), Self.labels,
                "expected images of at most 4096 pixels a side, found 5000×1"
            ),
        ]
        for (images, labels, end) in cases {
            try mnist(images, labels)
            expectError(end) { _ = try open() }
        }
    }

    private static let planes = (0..<3072).map { (index: Int) -> UInt8 in UInt8(index / 1024 * 80 + index % 32) }

    private func cifar10(_ labels: [UInt8], as name: String = "test_batch.bin") throws {
        try folder.put(labels.flatMap { [$0] + Self.planes }, at: name)
        try folder.put(((0..<10).map { "thing \($0)\n" }.joined() + "\n").utf8, at: "batches.meta.txt")
    }

    @Test("CIFAR-10's files give coloured images of the classes beside them")
    func ten() throws {
        try cifar10([3, 9])
        let set = try open()
        #expect(set.allLabels == [[3], [9]] && set.classes == (0..<10).map { "thing \($0)" })
        let image = try set.bitmap(1)
        #expect(image.width == 32 && image.height == 32 && image.mode == .rgb)
        #expect(Array(image.pixels[(3 * 37)..<(3 * 37 + 3)]) == [5, 85, 165])
        for batch in 1...5 { try cifar10([UInt8(batch)], as: "data_batch_\(batch).bin") }
        let train = try open { $0.split = "train" }
        #expect(train.allLabels == (1...5).map { [$0] } && train.name(at: 4).hasSuffix("data_batch_5.bin image 0"))
        #expect(try train.bitmap(4) == image)
        expectError("expected the split test or train of CIFAR's files, found \"val\"") {
            _ = try open { $0.split = "val" }
        }
    }

    @Test("of CIFAR-100 the fine labels are read")
    func hundred() throws {
        let records: [[UInt8]] = [[19, 42], Self.planes, [0, 99], Self.planes]
        try folder.put(records.joined(), at: "test.bin")
        expectError("expected fine_label_names.txt or names of the classes, found neither") { _ = try open() }
        try folder.put((0..<100).map { "fine \($0)\n" }.joined().utf8, at: "fine_label_names.txt")
        let set = try open()
        #expect(set.allLabels == [[42], [99]] && set.classes[99] == "fine 99")
        let error = #expect(throws: FileError.self) { try open { $0.split = "train" } }
        #expect(error?.code == .notFound)
    }

    @Test("what is wrong in CIFAR's files is told")
    func brokenRecords() throws {
        try cifar10([1, 10])
        expectError("test_batch.bin image 1: expected the label of one of 10 classes, found 10") { _ = try open() }
        try folder.put([[1], Self.planes, [2]].joined(), at: "test_batch.bin")
        expectError("test_batch.bin: expected records of 3073 bytes each, found 3074 bytes") { _ = try open() }
        try cifar10([])
        expectError("expected records of 3073 bytes each, found 0 bytes") { _ = try open() }
        try cifar10([1])
        try folder.put("a\nb\n".utf8, at: "batches.meta.txt")
        expectError("batches.meta.txt: expected the names of 10 classes, found 2") { _ = try open() }
    }

    @Test("damaged files give images or reasons", arguments: ["images", "labels", "gzip", "cifar"])
    func fuzz(kind: String) throws {
        var lots = Mutation(seed: UInt64(kind.utf8.count))
        if kind == "cifar" { try cifar10([]) } else { try mnist() }
        for _ in 0..<FuzzIterations.count(default: 300) {
            switch kind {
            case "images": try mnist(lots.mutated(Self.images, words: ["\u{7F}\u{7F}\u{7F}\u{7F}", "\0\0\0\u{1}"]))
            case "labels": try mnist(Self.images, lots.mutated(Self.labels, words: ["\0\0\0\u{2}"]))
            case "gzip": try mnist(lots.mutated(TarFixture.gzip(Self.images), words: []))
            default:
                let whole: [[UInt8]] = [[3], Self.planes, [4], Self.planes]
                let bytes = lots.mutated(Array(whole.joined()), words: [])
                // Half of them with a size that fits.
                let kept = lots.number(below: 2) == 0 ? bytes.count : bytes.count / 3073 * 3073
                try folder.put(bytes.prefix(kept), at: "test_batch.bin")
            }
            guard let set = try? open() else { continue }
            for index in 0..<set.count {
                #expect(set.labels(at: index).allSatisfy(set.classes.indices.contains))
                #expect(throws: Never.self) { try set.bitmap(index) }
            }
        }
    }
}
