import CLIPData
import CLIPFiles
import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

@Suite("Images with all their captions") struct CaptionedImagesTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func captions(_ source: EvaluationSource) throws -> [[String]] {
        let pairs = try source.openCaptioned()
        return try (0..<pairs.count).map { try pairs.allCaptions(at: $0) }
    }

    @Test("the rows of an image in a table are its captions")
    func table() throws {
        try folder.images("a.png", "b.png")
        try folder.put("filepath,title\nb.png,x\na.png,y\nb.png,z\nc.png,\n".utf8, at: "set.csv")
        let pairs = try folder.source("set.csv").openCaptioned()
        #expect(pairs.count == 2 && pairs.skipped.count == 1 && pairs.name(at: 1) == "a.png")
        #expect(try pairs.allCaptions(at: 0) == ["x", "z"] && pairs.allCaptions(at: 1) == ["y"])
        #expect(try pairs.pairs(at: 0, epoch: 3) == [Pair(image: .gradient(1, width: 9, height: 8), caption: "x")])
        #expect(try pairs.imageBytes(at: 1) == Array(Data(contentsOf: folder.url.appending(path: "a.png"))))
        #expect(pairs.imageName(at: 0, epoch: 0) == folder.path("b.png"))
        let named = folder.source("set.csv") { ($0.imageColumn, $0.captionColumn) = ("filepath", "filepath") }
        #expect(try captions(named) == [["b.png", "b.png"], ["a.png"], ["c.png"]])
    }

    @Test("JSON lines have captions alone or in lists")
    func jsonLines() throws {
        try folder.put("{\"image\": \"a\", \"caption\": [\"x\", \"y\"]}\n{\"image\": \"b\"}\n".utf8, at: "set.jsonl")
        #expect(try captions(folder.source("set.jsonl")) == [["x", "y"]])
    }

    @Test("a JSON file is COCO's or Karpathy's by what it has")
    func json() throws {
        try folder.put(
            #"{"images": [{"id": 1, "file_name": "a"}], "annotations": [{"image_id": 1, "caption": "x"}]}"#.utf8,
            at: "coco.json")
        #expect(try captions(folder.source("coco.json")) == [["x"]])
        try folder.put(
            """
            {"images": [{"filename": "a", "split": "test", "sentences": [{"raw": "x"}, {"raw": "y"}]},
              {"filename": "b", "split": "val", "sentences": [{"raw": "z"}]}]}
            """.utf8, at: "karpathy.json")
        #expect(try captions(folder.source("karpathy.json")) == [["x", "y"]])
        #expect(try captions(folder.source("karpathy.json") { $0.split = "val" }) == [["z"]])
        expectError("expected one of the splits train, restval, val, test, found \"dev\"") {
            _ = try captions(folder.source("karpathy.json") { $0.split = "dev" })
        }
        expectError("expected no split of COCO's captions, found \"val\"") {
            _ = try captions(folder.source("coco.json") { $0.split = "val" })
        }
        try folder.put("{}".utf8, at: "other.json")
        expectError("(images with sentences), found neither") { _ = try captions(folder.source("other.json")) }
    }

    @Test("images of a folder without a text file, or with an empty one, are passed over")
    func texts() throws {
        try folder.images("a.png", "b.png", "c.png")
        try folder.put("x".utf8, at: "a.txt")
        try folder.put(" \n".utf8, at: "b.txt")
        let pairs = try folder.source("").openCaptioned()
        #expect(try pairs.count == 1 && pairs.allCaptions(at: 0) == ["x"])
        #expect(Set(pairs.skipped.first.map { ($0.name as NSString).lastPathComponent }) == ["b.png", "c.png"])
        try FileManager.default.removeItem(atPath: folder.path("a.txt"))
        expectError("(3 without; the first: a.png: expected a .txt file of the same name, found none)") {
            _ = try folder.source("").openCaptioned()
        }
    }

    @Test("the folder of a split is taken where it is there")
    func splits() throws {
        try folder.images("test/a.png", "val/b.png")
        try folder.put("file_name,text\na.png,x\n".utf8, at: "test/metadata.csv")
        try folder.put("y".utf8, at: "val/b.txt")
        #expect(try captions(folder.source("")) == [["x"]])
        #expect(try captions(folder.source("") { $0.split = "val" }) == [["y"]])
    }

    @Test("the lines of a text in CLIP_benchmark's shards are captions")
    func shards() throws {
        var tar = TarFixture()
        try tar.addSample(0, caption: "one\ntwo \r\n\nthree\n")
        try tar.addSample(1, caption: "\n")
        try tar.addSample(2, caption: "four")
        try folder.put(tar.finished, at: "{set}/test/0.tar")
        try folder.put("1\n".utf8, at: "{set}/test/nshards.txt")
        expectError("expected dataset_type.txt that says retrieval, found a set for classification") {
            _ = try folder.source("{set}").openCaptioned()
        }
        try folder.put("retrieval\n".utf8, at: "{set}/dataset_type.txt")
        let pairs = try folder.source("{set}").openCaptioned()
        #expect(try captions(folder.source("{set}")) == [["one", "two", "three"], ["four"]])
        #expect(
            pairs.skipped.count == 1 && pairs.skipped.first[0].description.hasSuffix("expected a caption, found none"))
        #expect(try pairs.pairs(at: 1, epoch: 0)[0].image == .gradient(2, width: 9, height: 8))
        // Elsewhere a text is one caption.
        try folder.put(tar.finished, at: "0.tar")
        #expect(try captions(folder.source("0.tar")).count == 2)
    }

    @Test("a set of classes has no captions")
    func classes() throws {
        try folder.put([0, 0, 8, 3], at: "t10k-images-idx3-ubyte")
        expectError("expected images with captions, found a set that has classes") {
            _ = try folder.source("").openCaptioned()
        }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)))
    func `COCO's own captions are found by their path`() throws {
        let path = SharedData.folder.appending(path: "coco/captions.json").path
        var options = EvaluationSource.Options()
        options.imageFolder = SharedData.folder.appending(path: "coco/images").path
        let pairs = try EvaluationSource(path, options: options).openCaptioned()
        #expect(try pairs.count == 26 && (0..<26).allSatisfy { try pairs.allCaptions(at: $0).count == 5 })
        #expect(try pairs.imageBytes(at: 0).starts(with: [0xFF, 0xD8]))
    }
}
