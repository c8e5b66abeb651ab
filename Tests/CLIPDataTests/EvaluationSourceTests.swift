import CLIPData
import CLIPFiles
import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

@Suite("Data sets found by their paths") struct EvaluationSourceTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test("what is not there is told as that", arguments: ["nowhere", "nowhere.csv", "nowhere.tar"])
    func missing(name: String) throws {
        let error = #expect(throws: FileError.self) { try folder.source(name).openCaptioned() }
        #expect(error?.code == .notFound && error?.path == folder.path(name))
    }

    @Test("a file of another kind is refused")
    func otherFile() throws {
        try folder.put("x".utf8, at: "set.parquet")
        expectError("expected a folder or a file .tsv, .csv, .jsonl, .json or .tar, found another kind of file") {
            _ = try folder.source("set.parquet").openLabelled()
        }
        try folder.put("{}".utf8, at: "set.json")
        expectError("expected images with classes, found a .json file, which has captions") {
            _ = try folder.source("set.json").openLabelled()
        }
    }

    @Test("a folder with the files of two sets is refused")
    func ambiguous() throws {
        try folder.put([], at: "t10k-images-idx3-ubyte.gz")
        try folder.put([], at: "test_batch.bin")
        try folder.put("1".utf8, at: "val/nshards.txt")
        expectError("expected one data set, found CLIP_benchmark's shards and MNIST's files and CIFAR's files") {
            _ = try folder.source("").openLabelled()
        }
    }

    @Test("a folder with nothing in it is refused")
    func empty() throws {
        try FileManager.default.createDirectory(atPath: folder.path("set"), withIntermediateDirectories: true)
        expectError("set: expected folders named after classes, found none") {
            _ = try folder.source("set").openLabelled()
        }
        #expect(throws: DatasetError.self) { try folder.source("set").openCaptioned() }
        expectError("expected a folder \"val\" of the split, found none") {
            _ = try folder.source("set") { $0.split = "val" }.openLabelled()
        }
    }

    @Test("a path is called by its last part, however it is written")
    func names() throws {
        try folder.images("set/cat/a.png")
        for path in ["set", "set/", "set/../set/."] {
            #expect(try EvaluationSource(folder.path(path)).openLabelled().name == "set")
        }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)))
    func `the table of fashion has classes in its columns`() throws {
        var options = EvaluationSource.Options()
        options.labelColumn = "colour"
        let file = SharedData.folder.appending(path: "fashion/val.tsv").path
        let set = try EvaluationSource(file, options: options).openLabelled()
        #expect(set.count > 100 && set.classes.contains("Red"))
        #expect(try set.bitmap(0).width > 10)
    }
}
