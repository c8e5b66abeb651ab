import CLIPData
import CLIPFiles
import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

@Suite("Images with classes from shards") struct ShardImagesTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// A shard of samples with the files that are given for each, beside an image of its number.
    private func shard(_ samples: [[String: [UInt8]]], suffix: String = "png") throws -> [UInt8] {
        var tar = TarFixture()
        for (number, files) in samples.enumerated() {
            let key = String(format: "s%07d", number)
            tar.add("\(key).\(suffix)", try Bitmap.gradient(number, width: 9, height: 8).pngData())
            for name in files.keys.sorted() { tar.add("\(key).\(name)", files[name] ?? []) }
        }
        return tar.finished
    }

    private func classes(_ labels: [String]) throws -> [UInt8] { try shard(labels.map { ["cls": Array($0.utf8)] }) }

    /// A set of one split.
    private func set(_ shards: [[UInt8]], split: String = "test", files: [String: String] = [:]) throws {
        for (number, shard) in shards.enumerated() { try folder.put(shard, at: "\(split)/\(number).tar") }
        try folder.put("\(shards.count)\n".utf8, at: "\(split)/nshards.txt")
        for (name, text) in files { try folder.put(text.utf8, at: name) }
    }

    private func open(_ change: (inout EvaluationSource.Options) -> Void = { _ in }) throws -> any LabelledImages {
        try folder.source("", change).openLabelled()
    }

    private static let names = ["classnames.txt": "cat\ndog\nfox\n"]

    @Test("a set of CLIP_benchmark's has its classes, templates and samples")
    func classification() throws {
        try set(
            [classes(["2", " 0\n"]), classes(["1"])],
            files: [
                "classnames.txt": "cat\r\n dog \r\nfox",
                "zeroshot_classification_templates.txt": "a photo of a {c}.\n{c}: {}\n",
                "dataset_type.txt": "Classification\n",
            ])
        let set = try open()
        #expect(set.classes == ["cat", "dog", "fox"] && set.allLabels == [[2], [0], [1]] && !set.isMultiLabel)
        #expect(set.templates == ["a photo of a {}.", "{}: {}"] && set.skipped.count == 0)
        #expect(set.name == "\(folder.url.lastPathComponent)/test")
        #expect(set.name(at: 2) == folder.path("test/1.tar/s0000000.png"))
        for index in 0..<3 { #expect(try set.bitmap(index) == .gradient(index % 2, width: 9, height: 8)) }
    }

    @Test("a sample without an image or a label is passed over")
    func incomplete() throws {
        var tar = TarFixture()
        tar.add("a.cls", Array("1".utf8))
        tar.add("b.png", try Bitmap.gradient(1, width: 9, height: 8).pngData())
        tar.add("c.webp", [1, 2, 3])
        tar.add("c.cls", Array("one".utf8))
        tar.add("d.JPG", [1, 2, 3])
        tar.add("d.cls", Array("2".utf8))
        try set([tar.finished], files: Self.names)
        let set = try open()
        #expect(set.count == 1 && set.name(at: 0).hasSuffix("0.tar/d.jpg"))
        let place = folder.path("test/0.tar")
        #expect(
            set.skipped.first.map(\.description) == [
                "\(place)/a: expected an image, found none", "\(place)/b.png: expected a .cls file, found none",
                "\(place)/c.webp: expected an integer in the .cls file, found \"one\"",
            ])
        #expect(throws: ImagingError.self) { try set.bitmap(0) }
    }

    @Test("a label beyond the classes refuses the set", arguments: ["3", "-1", "99999999999999999"])
    func range(label: String) throws {
        try set([classes(["0", label])], files: Self.names)
        expectError("0.tar/s0000001.cls: expected the label of one of 3 classes, found \(label)") { _ = try open() }
    }

    @Test(
        "a vector of any type says which classes an image has",
        arguments: [
            ("|b1", [1]), ("|u1", [1]), ("<i4", [1, 0, 0, 0]), ("<i8", [1, 0, 0, 0, 0, 0, 0, 0]),
            ("<f4", [0, 0, 0x80, 0x3F]), ("<f8", [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]),
        ] as [(String, [UInt8])])
    func multiLabel(type: String, one: [UInt8]) throws {
        let zero = [UInt8](repeating: 0, count: one.count)
        try set(
            [
                shard([
                    ["npy": npy(type, one + zero + one, count: 3)], ["npy": npy(type, zero + zero + zero, count: 3)],
                    ["npy": npy(type, [2] + (zero + zero + zero).dropFirst(), count: 3)], ["cls": [0x31]],
                ])
            ], files: Self.names.merging(["dataset_type.txt": "multilabel"]) { $1 })
        let set = try open()
        #expect(set.isMultiLabel && set.allLabels == [[0, 2], []] && set.skipped.count == 2)
        let place = folder.path("test/0.tar")
        #expect(
            set.skipped.first.map(\.description).last == "\(place)/s0000003.png: expected a .npy file, found none")
    }

    @Test("a vector that has not a number for each class refuses the set")
    func vectorLength() throws {
        try set(
            [shard([["npy": npy("|u1", [0, 1], count: 2)]])],
            files: Self.names.merging(["dataset_type.txt": "multilabel"]) { $1 })
        expectError("s0000000.npy: expected a number for each of 3 classes, found 2") { _ = try open() }
    }

    @Test("what is missing or wrong beside the shards is told")
    func description() throws {
        try set([classes(["0"])])
        expectError("classnames.txt: expected this file or names of the classes, found neither") { _ = try open() }
        let given = try folder.classNames("cat\ndog\n")
        #expect(try open { $0.classNames = given }.classes == ["cat", "dog"])
        try folder.put("segmentation".utf8, at: "dataset_type.txt")
        expectError("expected one of classification, multilabel, retrieval, found \"segmentation\"") {
            _ = try open()
        }
        try folder.put("retrieval".utf8, at: "dataset_type.txt")
        expectError("expected images with classes, found dataset_type.txt that says retrieval") { _ = try open() }
        try folder.put("classification".utf8, at: "dataset_type.txt")
        expectError(#"expected val/nshards.txt, found the splits "test""#) { _ = try open { $0.split = "val" } }
        try folder.put("a\nb\n".utf8, at: "classnames.txt")
        try folder.put("a photo".utf8, at: "zeroshot_classification_templates.txt")
        expectError("line 1: expected a template with {c} or {} in the place of the class, found \"a photo\"") {
            _ = try open()
        }
        for count in ["0", "-1", "x", "99999999999"] {
            try folder.put(count.utf8, at: "test/nshards.txt")
            expectError("expected a number of shards from 1 to 100000, found \"\(count)\"") { _ = try open() }
        }
        try folder.put("2".utf8, at: "test/nshards.txt")
        try FileManager.default.removeItem(atPath: folder.path("zeroshot_classification_templates.txt"))
        let error = #expect(throws: FileError.self) { try open() }
        #expect(error?.path.hasSuffix("test/1.tar") == true && error?.code == .notFound)
    }

    @Test("two classes may have the same name, and one may have none, as in sets that are common")
    func repeatedNames() throws {
        try set([classes(["2"])], files: ["classnames.txt": "missile\n\nmissile\n"])
        #expect(try open().classes == ["missile", "", "missile"])
    }

    @Test("shards alone have the classes that are given")
    func plainShards() throws {
        try folder.put(classes(["1"]), at: "0.tar")
        let names = try folder.classNames("cat\ndog\n")
        let set = try folder.source("{0..0}.tar") { $0.classNames = names }.openLabelled()
        #expect(set.allLabels == [[1]])
        expectError("expected names of the classes, which shards do not have, found none") {
            _ = try folder.source("0.tar").openLabelled()
        }
    }

    @Test("damaged shards and vectors give images or reasons", arguments: [false, true])
    func fuzz(isMultiLabel: Bool) throws {
        let vectors = [npy("<i8", (0..<24).map { $0 == 8 ? 1 : 0 }, count: 3), npy("|b1", [1, 1, 0], count: 3)]
        let whole = try isMultiLabel ? shard(vectors.map { ["npy": $0] }) : classes(["0", "2", "1"])
        try set(
            [whole],
            files: Self.names.merging(["dataset_type.txt": isMultiLabel ? "multilabel" : "classification"]) { $1 })
        var lots = Mutation(seed: 5)
        for round in 0..<FuzzIterations.count(default: 300) {
            var bytes = whole
            if isMultiLabel, round % 2 == 0 {
                let vector = lots.mutated(vectors[0], words: ["(999999999,)", "<f8", "'", "(3, 1)"])
                bytes = try shard([["npy": vector], ["npy": vectors[1]]])
            } else {
                bytes = lots.mutated(whole, words: ["ustar", "77777777777", "\0", ".cls", "99"])
            }
            try folder.put(bytes, at: "test/0.tar")
            guard let set = try? open() else { continue }
            for index in 0..<set.count {
                #expect(set.labels(at: index).allSatisfy(set.classes.indices.contains))
                _ = try? set.bitmap(index)
            }
        }
    }
}
