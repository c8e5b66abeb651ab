import CLIPData
import CLIPFiles
import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

@Suite("Images with classes from files") struct FileImagesTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func table(
        _ text: String, _ name: String = "set.csv", _ change: (inout EvaluationSource.Options) -> Void = { _ in }
    ) throws -> any LabelledImages {
        try folder.put(text.utf8, at: name)
        return try folder.source(name, change).openLabelled()
    }

    @Test("folders are classes in the order of their bytes, with images at any depth")
    func classFolders() throws {
        try folder.images("cat/b.png", "Dog/x/y/a.PNG", "cat/a.png", "loose.png", ".hidden/a.png")
        try folder.put("notes".utf8, at: "cat/notes.txt")
        let set = try folder.source("").openLabelled()
        #expect(set.classes == ["Dog", "cat"] && set.allLabels == [[0], [1], [1]] && !set.isMultiLabel)
        #expect((0..<3).map(set.name) == ["Dog/x/y/a.PNG", "cat/a.png", "cat/b.png"])
        #expect(set.name == folder.url.lastPathComponent && set.templates == nil)
        #expect(try set.bitmap(1) == .gradient(2, width: 9, height: 8))
        #expect(
            set.skipped.first.map(\.description) == [
                "loose.png: expected an image in a folder of a class, found none"
            ])
    }

    @Test("a class without an image is named")
    func emptyClass() throws {
        try folder.images("cat/a.png")
        try folder.put("notes".utf8, at: "dog/notes.txt")
        expectError("dog: expected an image (jpg, png, jpeg, webp) in the folder of a class, found none") {
            _ = try folder.source("").openLabelled()
        }
    }

    @Test("a link in the place of a class's folder is followed")
    func links() throws {
        try folder.images("elsewhere/cat/a.png")
        let target = folder.url.appending(path: "set/cat")
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: target, withDestinationURL: folder.url.appending(path: "elsewhere/cat"))
        let set = try folder.source("set").openLabelled()
        #expect(set.classes == ["cat"])
        #expect(try set.bitmap(0) == .gradient(0, width: 9, height: 8))
    }

    @Test("names that are given stand for the folders by index, or by what these are called")
    func givenNames() throws {
        try folder.images("n01/a.png", "n02/b.png")
        let names = try folder.classNames("tench\ttinca\ngoldfish\n")
        try FileManager.default.removeItem(atPath: folder.path("names.txt"))
        let set = try folder.source("") { $0.classNames = names }.openLabelled()
        #expect(set.classes == ["tench", "goldfish"] && set.synonyms == [["tench", "tinca"], ["goldfish"]])
        let keyed = try folder.classNames(#"{"n02": "goldfish", "n01": ["tench"], "n03": "shark"}"#, as: "names.json")
        #expect(try folder.source("") { $0.classNames = keyed }.openLabelled().classes == ["tench", "goldfish"])
        let wrong = try folder.classNames("tench\n")
        expectError("names.txt: expected the names of 2 classes, as many as the data set has, found 1") {
            _ = try folder.source("") { $0.classNames = wrong }.openLabelled()
        }
    }

    @Test("the folder of a split is taken where it has classes of its own")
    func splits() throws {
        try folder.images("train/cat/a.png", "test/cat/b.png", "test/dog/c.png", "val/cat/d.png")
        let set = try folder.source("").openLabelled()
        #expect(set.classes == ["cat", "dog"] && set.name == "\(folder.url.lastPathComponent)/test")
        #expect(try folder.source("") { $0.split = "val" }.openLabelled().classes == ["cat"])
        expectError("expected a folder \"dev\" of the split, found none") {
            _ = try folder.source("") { $0.split = "dev" }.openLabelled()
        }
        try FileManager.default.removeItem(atPath: folder.path("test"))
        expectError(#"expected folders of classes in "test", the split, found the folders "train", "val""#) {
            _ = try folder.source("").openLabelled()
        }
    }

    @Test("a class may be called like a split")
    func classCalledTest() throws {
        try folder.images("test/a.png", "toast/a.png")
        #expect(try folder.source("").openLabelled().classes == ["test", "toast"])
    }

    @Test("a table's labels are its classes, and a row without one is passed over")
    func labels() throws {
        let text = "filepath,label\na.png,dog\nb.png, cat \nc.png,\n,dog\nd.png,dog\n"
        let set = try table(text)
        #expect(set.classes == ["cat", "dog"] && set.allLabels == [[1], [0], [1]] && set.name == "set.csv")
        #expect(
            set.skipped.first.map(\.description) == [
                "set.csv line 4: nothing in the column label", "set.csv line 5: nothing in the column filepath",
            ])
        expectError("found filepath, label") { _ = try table(text) { $0.labelColumn = "class" } }
        expectError("expected no split of a table, found \"val\"") { _ = try table(text) { $0.split = "val" } }
        expectError("found none (1 without; the first: set.csv line 2: nothing in the column label)") {
            _ = try table("filepath,label\na.png,\n")
        }
        let error = #expect(throws: FileError.self) { try set.image(at: 0) }
        #expect(error?.path == "a.png" && error?.code == .notFound)
    }

    @Test("columns, separators and the folder of the images are named")
    func columns() throws {
        try folder.images("pictures/a.png")
        let set = try table("path;kind\na.png;x\n", "set.tsv") {
            ($0.imageColumn, $0.labelColumn, $0.separator) = ("path", "kind", ";")
            $0.imageFolder = folder.path("pictures")
        }
        #expect(try set.bitmap(0) == .gradient(0, width: 9, height: 8))
    }

    @Test("classes that are given have their own order, and labels may be their numbers")
    func givenClasses() throws {
        let names = try folder.classNames("dog\tpuppy\ncat\n")
        let set = try table("filepath,label\na,cat\nb,1\nc,dog\n") { $0.classNames = names }
        #expect(set.classes == ["dog", "cat"] && set.allLabels == [[1], [1], [0]])
        #expect(set.synonyms == [["dog", "puppy"], ["cat"]])
        for label in ["fox", "2", "-1"] {
            expectError("the image \"a\": expected a label of the 2 classes that are given, found \"\(label)\"") {
                _ = try table("filepath,label\na,\(label)\n") { $0.classNames = names }
            }
        }
        // Classes that are numbers are no indices.
        let numbers = try folder.classNames("1\n2\n")
        #expect(try table("filepath,label\na,1\n") { $0.classNames = numbers }.allLabels == [[0]])
        let keyed = try folder.classNames(#"{"k1": "cat", "k0": "dog"}"#, as: "names.json")
        let found = try table("filepath,label\na,k0\n") { $0.classNames = keyed }
        #expect(found.allLabels == [[1]] && found.classes == ["cat", "dog"])
        let twice = try folder.classNames("dog\ndog\n")
        expectError("names.txt: expected different names of classes to find labels by, found \"dog\" again") {
            _ = try table("filepath,label\na,dog\n") { $0.classNames = twice }
        }
    }

    @Test("with a separator an image has any number of classes")
    func multiLabel() throws {
        let set = try table("filepath,label\na,dog| cat|dog\nb,\nc,cat\n") { $0.labelSeparator = "|" }
        #expect(set.isMultiLabel && set.classes == ["cat", "dog"] && set.allLabels == [[0, 1], [], [0]])
        #expect(set.skipped.count == 0)
        expectError("expected labels, found none") {
            _ = try table("filepath,label\na,|\n") { $0.labelSeparator = "|" }
        }
    }

    @Test("JSON lines have a label as a text or a number, or a list of them")
    func jsonLines() throws {
        let one = """
            {"image": "a", "label": "x"}
            {"image": "b", "label": ["y"]}
            {"image": "c"}
            {"label": "x"}
            {"image": "d", "label": 7}
            """
        let set = try table(one, "set.jsonl")
        #expect(set.classes == ["7", "x", "y"] && set.allLabels == [[1], [2], [0]] && !set.isMultiLabel)
        #expect(
            set.skipped.first.map(\.description) == [
                "set.jsonl line 3: expected a label, found none",
                "set.jsonl line 4: expected an image's path, found none",
            ])
        let many = "{\"image\": \"a\", \"label\": [\"x\", \"y\"]}\n{\"image\": \"b\", \"label\": []}\n"
        #expect(try table(many, "set.jsonl").allLabels == [[0, 1], []])
        let joined = "{\"image\": \"a\", \"label\": \"x;y\"}\n{\"image\": \"b\"}\n"
        let split = try table(joined, "set.jsonl") { $0.labelSeparator = ";" }
        #expect(split.allLabels == [[0, 1], []] && split.isMultiLabel)
    }

    @Test("an imagefolder has its classes in the metadata, also in the folder of a split")
    func metadata() throws {
        try folder.images("a.png", "b.png")
        try folder.put("file_name,label\na.png,cat\nb.png,dog\n".utf8, at: "metadata.csv")
        let set = try folder.source("").openLabelled()
        #expect(set.classes == ["cat", "dog"] && set.allLabels == [[0], [1]])
        #expect(try set.bitmap(1) == .gradient(1, width: 9, height: 8))
        try folder.put(#"{"file_name": "a.png", "label": 3}"#.utf8, at: "split/test/metadata.jsonl")
        let split = try folder.source("split").openLabelled()
        #expect(split.classes == ["3"] && split.name == "split/test")
    }

    @Test("damaged lists give images or reasons", arguments: ["set.csv", "set.jsonl", "names.json"])
    func fuzz(name: String) throws {
        let texts = [
            "set.csv": "filepath,label\na.png,\"cat|dog\"\nb.png,dog\nc.png,\n",
            "set.jsonl":
                "{\"image\": \"a.png\", \"label\": [\"cat\", 3]}\n{\"image\": \"b.png\", \"label\": \"x|y\"}\n",
            "names.json": #"{"a": {"cat": ["x {c}", "y"], "dog": "z"}, "b": ["{c}", "a {}"]}"#,
        ]
        let text = Array((texts[name] ?? "").utf8)
        var lots = Mutation(seed: UInt64(text.count))
        for round in 0..<FuzzIterations.count(default: 400) {
            try folder.put(
                lots.mutated(text, words: ["\0", "\n", "\"", "null", "[", "{", "|", ",", "\u{FEFF}", "🦊"]), at: name)
            if name == "names.json" {
                let dataset = ["a", "b", nil][round % 3]
                let names = try? ClassNames(contentsOf: folder.path(name), dataset: dataset)
                _ = try? names?.synonyms(for: ["cat", "dog"])
                let templates = try? TemplateFile(contentsOf: folder.path(name), dataset: dataset)
                _ = try? templates?.sentences(for: [["cat"], ["dog"]])
                continue
            }
            let source = folder.source(name) { $0.labelSeparator = round % 2 == 0 ? "|" : nil }
            guard let set = try? source.openLabelled() else { continue }
            for index in 0..<set.count {
                #expect(set.labels(at: index).allSatisfy(set.classes.indices.contains))
                _ = try? set.image(at: index)
            }
        }
    }
}
