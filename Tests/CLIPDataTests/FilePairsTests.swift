import CLIPData
import CLIPFiles
import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

@Suite("Pairs from lists and folders") struct FilePairsTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        _ = try folder.table(of: 4)
    }

    private func jsonLines(_ text: String, _ change: (inout FilePairs.Options) -> Void = { _ in }) throws -> FilePairs {
        var options = FilePairs.Options()
        change(&options)
        return try FilePairs(jsonLines: folder.write(text, to: "list.jsonl"), options: options, seed: 1)
    }

    private func source(_ name: String = "") throws -> any StoredPairs {
        try PairSource.folder(folder.path(name), FilePairs.Options()).open(seed: 1)
    }

    @Test("JSON lines give a pair a line, and broken ones are named by their numbers")
    func lines() throws {
        let pairs = try jsonLines(
            """
            \u{FEFF}{"image": "0.png", "caption": "a"}\r

            {"caption": " b ", "image": "1.png", "more": {"x": [1]}}
            {"image": "2.png"}
            [1]
            {"image": "2.png", "caption":
            {"image": "2.png", "caption": ["", "c", "d"]}
            """)
        #expect(pairs.count == 3 && pairs.skipped.count == 3)
        #expect(try pairs.pairs(at: 1, epoch: 0) == [Pair(image: .gradient(1, width: 12, height: 10), caption: "b")])
        #expect(Set(try (0..<40).map { try pairs.captions(at: 2, epoch: $0)[0] }) == ["c", "d"])
        #expect(
            pairs.skipped.first.map(\.description).prefix(2) == [
                "list.jsonl line 4: expected a caption, found none",
                "list.jsonl line 5: expected a JSON object, found an array",
            ])
    }

    @Test("captions that are not UTF-8 are no captions, in lines and in files beside the images")
    func notText() throws {
        let latin = Data(#"{"image": "1.png", "caption": "caf"#.utf8) + Data([0xE9]) + Data("\"}\n".utf8)
        let lines = Data("{\"image\": \"0.png\", \"caption\": \"a\"}\n".utf8) + latin
        let pairs = try FilePairs(jsonLines: folder.write(lines, to: "list.jsonl"), seed: 1)
        #expect(pairs.count == 1 && pairs.skipped.count == 1)
        #expect(
            pairs.skipped.first.first?.description.hasPrefix("list.jsonl line 2: expected JSON: the string") == true)
        try FileManager.default.removeItem(atPath: folder.path("list.jsonl"))
        _ = try folder.write(Data([0x63, 0x61, 0x66, 0xE9]), to: "0.txt")
        let beside = try source()
        let error = #expect(throws: DatasetError.self) { try beside.captions(at: 0, epoch: 0) }
        #expect(
            error?.description == "\(folder.path("0.txt")): expected a caption in UTF-8, found bytes that are none")
    }

    @Test("keys and folders of others' making are named")
    func keys() throws {
        let pairs = try jsonLines(#"{"path": "sub/0.png", "text": "a"}"#) {
            $0.imageKey = "path"
            $0.captionKey = "text"
            $0.imageFolder = URL(filePath: "/elsewhere")
        }
        #expect(pairs.name(at: 0) == "sub/0.png")
        let error = #expect(throws: FileError.self) { try pairs.pairs(at: 0, epoch: 0) }
        #expect(error?.path == "sub/0.png" && error?.code == .notFound)
        #expect(throws: DatasetError.self) { try jsonLines(#"{"path": "0.png", "text": "a"}"#) }
        #expect(throws: FileError.self) { try FilePairs(jsonLines: URL(filePath: folder.path("none.jsonl"))) }
    }

    @Test("captions are made of the values of JSON lines, by templates")
    func templates() throws {
        let text = """
            {"image": "0.png", "kind": "Cat", "legs": 4, "colour": ["red"]}
            {"image": "1.png", "kind": "fish", "colour": "blue"}
            {"image": "2.png", "colour": "green"}
            """
        let pairs = try jsonLines(text) {
            $0.captions = ["a {kind}", CaptionTemplate("{kind} on {legs} legs", weight: 3), "a {colour} {kind}"]
            $0.words = ["kind": ["fish": "carp"]]
            $0.lowercases = true
        }
        #expect(pairs.count == 2 && pairs.skipped.first.map(\.name) == ["list.jsonl line 3"])
        #expect(try pairs.allCaptions(at: 0) == ["a cat", "cat on 4 legs"])
        #expect(try pairs.allCaptions(at: 1) == ["a carp", "a blue carp"])
        let drawn = try (0..<200).map { try pairs.captions(at: 0, epoch: $0)[0] }
        #expect(Set(drawn).count == 2 && (120...180).contains(drawn.count { $0 == "cat on 4 legs" }))
        let error = #expect(throws: DatasetError.self) {
            try jsonLines(text) { $0.captions = ["a {kind}", "{color}"] }
        }
        #expect(
            error?.description.hasSuffix("expected lines with the key \"color\" of a caption template, found none")
                == true)
        for template in ["a {kind", "a }", ""] {
            #expect(throws: DatasetError.self) { try jsonLines(text) { $0.captions = [CaptionTemplate(template)] } }
        }
        #expect(throws: DatasetError.self) {
            try jsonLines(text) {
                $0.captions = ["a {kind}"]
                $0.words = ["legs": ["4": "four"]]
            }
        }
    }

    @Test("images in folders named after their classes have captions made of these")
    func classes() throws {
        for (number, place) in ["tabby_cat", "dogs/pug", "dogs/pug"].enumerated() {
            let target = folder.url.appending(path: place)
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            try FileManager.default.moveItem(
                atPath: folder.path("\(number).png"), toPath: target.appending(path: "\(number).png").path)
        }
        var options = FilePairs.Options()
        options.captions = ["a {label}", "one {label}"]
        options.words = ["label": ["tabby_cat": "tabby cat"]]
        let pairs = try PairSource.folder(folder.url.path, options).open(seed: 1)
        #expect((0..<3).map(pairs.name) == ["dogs/pug/1.png", "dogs/pug/2.png", "tabby_cat/0.png"])
        #expect(try pairs.allCaptions(at: 0) == ["a pug", "one pug"])
        #expect(try pairs.allCaptions(at: 2) == ["a tabby cat", "one tabby cat"])
        #expect(pairs.skipped.first.map(\.name) == ["3.png"])
        var plain = FilePairs.Options()
        plain.captionKey = "label"
        let labels = try PairSource.folder(folder.url.path, plain).open(seed: 1)
        #expect(try (0..<3).map { try labels.captions(at: $0, epoch: 0) } == [["pug"], ["pug"], ["tabby_cat"]])
        options.captions = ["a {text}"]
        #expect(throws: DatasetError.self) { try PairSource.folder(folder.url.path, options).open(seed: 1) }
    }

    @Test("a folder that is gone is told from a missing file")
    func presence() throws {
        let pairs = try jsonLines(#"{"image": "none.png", "caption": "a"}"#)
        try pairs.checkPresence(at: 0, epoch: 0)
        try FileManager.default.removeItem(at: folder.url)
        #expect(throws: DatasetError.self) { try pairs.checkPresence(at: 0, epoch: 0) }
    }

    @Test("a long list is read whole, on all processors")
    func longList() throws {
        let filler = String(repeating: "x", count: 1000)
        let lines = (0..<9000).map { #"{"image": "\#($0).png", "caption": "\#($0) \#(filler)"}"# }
        let pairs = try jsonLines(lines.joined(separator: "\n") + "\nbroken\n")
        #expect(pairs.count == 9000 && pairs.skipped.first.map(\.name) == ["list.jsonl line 9001"])
        for index in [0, 4200, 8999] { #expect(try pairs.captions(at: index, epoch: 0)[0].hasPrefix("\(index) x")) }
    }

    @Test("COCO's captions are grouped by image, and one is drawn in each epoch")
    func coco() throws {
        let file = try folder.write(
            """
            {"info": {}, "images": [{"id": 7, "file_name": "1.png"}, {"id": 3, "file_name": "0.png"},
              {"id": 4, "file_name": "2.png"}, {"id": 5}],
             "annotations": [{"image_id": 3, "id": 1, "caption": "a"}, {"image_id": 7, "caption": "b"},
              {"image_id": 3, "caption": "c"}, {"image_id": 99, "caption": "lost"}, {"caption": "nobody's"}]}
            """, to: "captions.json")
        let pairs = try FilePairs(coco: file, seed: 2)
        #expect(pairs.count == 2 && pairs.name(at: 1) == "0.png" && pairs.skipped.count == 4)
        #expect(try pairs.allCaptions(at: 1) == ["a", "c"])
        let drawn = try (0..<30).map { try pairs.captions(at: 1, epoch: $0)[0] }
        #expect(Set(drawn) == ["a", "c"])
        #expect(try (0..<30).map { try FilePairs(coco: file, seed: 2).captions(at: 1, epoch: $0)[0] } == drawn)
        #expect(throws: DatasetError.self) { try FilePairs(coco: folder.write("{}", to: "captions.json")) }
        #expect(throws: FileError.self) { try FilePairs(coco: folder.write("{", to: "captions.json")) }
    }

    private static let karpathy = """
        {"dataset": "coco", "images": [
          {"filename": "0.png", "filepath": "val2014", "split": "restval", "imgid": 0, "sentids": [0, 1],
            "sentences": [{"raw": "a", "tokens": ["a"], "imgid": 0}, {"raw": " b "}]},
          {"filename": "1.png", "split": "train", "sentences": [{"raw": "c"}]},
          {"filename": "2.png", "split": "val", "sentences": [{"raw": "d"}]},
          {"filename": "3.png", "split": "train", "sentences": [{"tokens": ["e"]}]},
          {"filename": "4.png", "split": "dev", "sentences": [{"raw": "f"}]}, {"split": "train"}, 7]}
        """

    @Test("of Karpathy's splits those are taken that are named")
    func karpathySplits() throws {
        let file = try folder.write(Self.karpathy, to: "dataset_coco.json")
        let pairs = try FilePairs(karpathy: file, splits: [.train, .restval], seed: 2)
        #expect((0..<pairs.count).map(pairs.name) == ["val2014/0.png", "1.png"])
        #expect(try pairs.allCaptions(at: 0) == ["a", "b"])
        #expect(Set(try (0..<30).map { try pairs.captions(at: 0, epoch: $0) }) == [["a"], ["b"]])
        #expect(try pairs.pairs(at: 1, epoch: 0)[0] == Pair(image: .gradient(1, width: 12, height: 10), caption: "c"))
        #expect(
            pairs.skipped.first.map(\.description) == [
                "3.png: expected a caption, found none",
                "4.png: expected a split, train, restval, val, test, found \"dev\"",
                "dataset_coco.json image 5: expected an image's path, found none",
                "dataset_coco.json image 6: expected a split, train, restval, val, test, found none",
            ])
        #expect(try FilePairs(karpathy: file).count == 1 && FilePairs(karpathy: file, splits: [.val]).count == 1)
    }

    @Test("a split that a file does not have is told, and what is no file of Karpathy's")
    func noSplit() throws {
        let file = try folder.write(Self.karpathy, to: "dataset_coco.json")
        let error = #expect(throws: DatasetError.self) { try FilePairs(karpathy: file, splits: [.train, .test]) }
        #expect(
            error?.description == "\(file.path): expected images of test, found those of train, restval, val")
        for text in ["{}", #"{"images": [{"filename": "0.png"}]}"#, "[]"] {
            #expect(throws: DatasetError.self) { try FilePairs(karpathy: folder.write(text, to: "dataset_coco.json")) }
        }
        #expect(throws: FileError.self) { try FilePairs(karpathy: folder.write("{", to: "dataset_coco.json")) }
        var options = FilePairs.Options()
        options.captions = ["a {label}"]
        #expect(throws: DatasetError.self) {
            try FilePairs(karpathy: folder.write(Self.karpathy, to: "dataset_coco.json"), options: options)
        }
    }

    @Test("an imagefolder has its captions in metadata.csv or metadata.jsonl")
    func imageFolder() throws {
        _ = try folder.write("file_name,text\n0.png,\"a, b\"\n1.png,\n", to: "metadata.csv")
        let table = try source()
        #expect(try table.count == 1 && table.captions(at: 0, epoch: 0) == ["a, b"] && table.skipped.count == 1)
        _ = try folder.write(#"{"file_name": "1.png", "text": "c"}"#, to: "metadata.jsonl")
        #expect(throws: DatasetError.self) { try source() }
        try FileManager.default.removeItem(at: folder.url.appending(path: "metadata.csv"))
        let lines = try source()
        #expect(try lines.pairs(at: 0, epoch: 0)[0] == Pair(image: .gradient(1, width: 12, height: 10), caption: "c"))
    }

    @Test("images of a folder have their captions in text files of the same names")
    func texts() throws {
        #expect(throws: DatasetError.self) { try source() }
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "sub.d"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: folder.path("2.png"), toPath: folder.path("sub.d/2.x.PNG"))
        _ = try folder.write(" two\n", to: "sub.d/2.x.txt")
        _ = try folder.write("none", to: "1.txt")
        _ = try folder.write("\n", to: "0.txt")
        let pairs = try source()
        #expect(pairs.count == 3 && pairs.skipped.first.map(\.name) == ["3.png"])
        #expect((0..<3).map(pairs.name) == ["0.png", "1.png", "sub.d/2.x.PNG"])
        #expect(try pairs.pairs(at: 2, epoch: 0)[0].caption == "two")
        #expect(throws: DatasetError.self) { try pairs.pairs(at: 0, epoch: 0) }
        #expect(throws: FileError.self) { try source("nowhere") }
        var options = FilePairs.Options()
        options.imageFolder = folder.url
        #expect(throws: DatasetError.self) { try PairSource.folder(folder.url.path, options).open(seed: 1) }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)))
    func `COCO's own captions are five an image`() throws {
        var options = FilePairs.Options()
        options.imageFolder = SharedData.folder.appending(path: "coco/images")
        let pairs = try FilePairs(coco: SharedData.folder.appending(path: "coco/captions.json"), options: options)
        #expect(pairs.count == 26 && pairs.skipped.count == 0)
        #expect(try (0..<26).allSatisfy { try pairs.allCaptions(at: $0).count == 5 })
        #expect(try pairs.pairs(at: 3, epoch: 0)[0].image.width > 300)
    }

    @Test(
        "damaged lists give pairs or reasons",
        arguments: ["list.jsonl", "captions.json", "dataset_coco.json", "metadata.csv", "metadata.jsonl"])
    func fuzz(name: String) throws {
        let texts = [
            "list.jsonl":
                "{\"image\": \"0.png\", \"caption\": \"a\"}\n{\"image\": \"1.png\", \"caption\": [\"b\", \"c\"]}\n",
            "captions.json": """
            {"images": [{"id": 1, "file_name": "0.png"}, {"id": "x", "file_name": "1.png"}],
             "annotations": [{"image_id": 1, "caption": "a"}, {"image_id": "x", "caption": "b"}]}
            """,
            "dataset_coco.json": Self.karpathy,
            "metadata.csv": "file_name,text\n0.png,\"a, \"\"b\"\"\"\n1.png,c\n",
            "metadata.jsonl":
                "{\"file_name\": \"0.png\", \"text\": \"a\"}\r\n{\"file_name\": \"1.png\", \"text\": \"b\"}",
        ]
        let text = Array((texts[name] ?? "").utf8)
        var lots = Mutation(seed: UInt64(text.count))
        for _ in 0..<FuzzIterations.count(default: 400) {
            let bytes = lots.mutated(
                text, words: ["\0", "\n", "\"", "null", "[", "{", "1e400", ",", "../../etc/passwd", "🦊"])
            let file = try folder.write(Data(bytes), to: name)
            let opened: (any StoredPairs)? =
                switch name {
                case "list.jsonl": try? FilePairs(jsonLines: file)
                case "captions.json": try? FilePairs(coco: file)
                case "dataset_coco.json": try? FilePairs(karpathy: file)
                default: try? source()
                }
            guard let opened else { continue }
            for index in 0..<opened.count { _ = try? opened.pairs(at: index, epoch: 3) }
        }
    }
}
