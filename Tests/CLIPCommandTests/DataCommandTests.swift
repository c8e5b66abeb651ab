import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

@Suite("clip data") struct DataCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var rows = ["filepath\ttitle"]
        for number in 0..<5 {
            let pixels = [UInt8](repeating: UInt8(40 * number), count: 3 * 20 * 30)
            try folder.write(Bitmap(rgb: pixels, width: 20, height: 30).pngData(), as: "\(number).png")
            rows.append("\(number).png\ta picture of \(number)")
        }
        try folder.write(rows.joined(separator: "\n").utf8, as: "pairs.tsv")
    }

    private func data(_ arguments: String...) throws -> Tool.Result { try Tool.run(["data"] + arguments) }

    @Test("shards are packed, checked, and refused a second time")
    func packing() throws {
        let output = folder.path("shards")
        let result = try data("pack", "--table", folder.path("pairs.tsv"), "--output", output, "--shard-size", "2")
        #expect(result.status == 0 && result.output.hasPrefix("\(output): 5 samples in 3 shards"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: output).sorted() == [
                "00000.tar", "00001.tar", "00002.tar", "sizes.json",
            ])
        let check = try data("check", "--shards", "\(output)/{00000..00002}.tar", "--json")
        let report: [String: Any] = try check.json()
        #expect(check.status == 0 && report["samples"] as? Int == 5 && report["readable"] as? Int == 5)
        let again = try data("pack", "--table", folder.path("pairs.tsv"), "--output", output)
        #expect(again.status == 69 && again.errors.contains("choose another folder"))
    }

    @Test("a set with bad samples is reported whole, with the status 65")
    func badSamples() throws {
        try folder.write("no image".utf8, as: "1.png")
        try FileManager.default.removeItem(atPath: folder.path("2.png"))
        let page = folder.path("report.html")
        let check = try data("check", "--table", folder.path("pairs.tsv"), "--html", page)
        #expect(check.status == 65 && check.output.contains("5, 3 of them readable"))
        #expect(check.output.contains("1: missing file") && check.output.contains("2.png: expected a file, found none"))
        #expect(try String(contentsOfFile: page, encoding: .utf8).hasPrefix("<!DOCTYPE html>"))
        let pack = try data("pack", "--table", folder.path("pairs.tsv"), "--output", folder.path("out"))
        #expect(pack.status == 65 && pack.output.contains("3 samples in 1 shards"))
        #expect(pack.errorLines.count == 3 && pack.errors.contains("clip: left out 2 samples"))
    }

    @Test(
        "arguments that name no source, or two, are usage",
        arguments: [
            [], ["--table", "a", "--coco", "b"], ["--shards", "a.tar", "--image-folder", "b"],
            ["--jsonl", "a", "--separator", ","], ["--coco", "a", "--image-column", "b"],
            ["--table", "a", "--separator", "ab"], ["--coco", "a", "--split", "train"],
            ["--karpathy", "a", "--split", "dev"], ["--karpathy", "a", "--coco", "b"],
            ["--table", "a", "--model", "m", "--tokenizer", "t"],
        ])
    func usage(arguments: [String]) throws {
        #expect(try Tool.run(["data", "check"] + arguments).status == 64)
    }

    @Test("a source that is not there is no input")
    func missing() throws {
        for option in ["--jsonl", "--coco", "--karpathy", "--folder", "--shards"] {
            let result = try data("check", option, folder.path("none"))
            #expect(result.status == 66 && result.errorLines.count == 1, "\(option): \(result.errors)")
        }
    }

    @Test("the splits that are named are checked")
    func splits() throws {
        let images = ["train", "restval", "val", "train", "test"].enumerated().map { number, split in
            #"{"filename": "\#(number).png", "split": "\#(split)", "sentences": [{"raw": "picture \#(number)"}]}"#
        }
        try folder.write(#"{"images": [\#(images.joined(separator: ", "))]}"#.utf8, as: "dataset.json")
        func samples(_ splits: String...) throws -> Int? {
            let options = ["data", "check", "--karpathy", folder.path("dataset.json"), "--json"]
            let report: [String: Any] = try Tool.run(options + splits.flatMap { ["--split", $0] }).json()
            return report["samples"] as? Int
        }
        #expect(try samples() == 2 && samples("train", "restval") == 3 && samples("test") == 1)
    }

    @Test("a folder of folders named after classes is checked, and a run trains on sentences about these")
    func classes() throws {
        for (number, name) in ["cat", "cat", "dog", "dog", "fish"].enumerated() {
            try FileManager.default.createDirectory(
                atPath: folder.path("classes/\(name)"), withIntermediateDirectories: true)
            try FileManager.default.moveItem(
                atPath: folder.path("\(number).png"), toPath: folder.path("classes/\(name)/\(number).png"))
        }
        let check = try data("check", "--folder", folder.path("classes"), "--caption-column", "label")
        #expect(check.status == 0 && check.output.contains("5, 5 of them readable"))
        func train(_ data: String) throws -> Tool.Result {
            try folder.write(configuration(data: data).utf8, as: "run.yaml")
            return try Tool.run(["train", "--config", folder.path("run.yaml"), "--overwrite"])
        }
        let sentences = try train(
            "{folder: \"\(folder.path("classes"))\", captions: [\"a {label}\"], words: {label: {fish: carp}}}")
        #expect(sentences.status == 0, "\(sentences.errors)")
        let classes = try train("{folder: \"\(folder.path("classes"))\", caption_column: label, lowercase: true}")
        #expect(classes.status == 0, "\(classes.errors)")
        #expect(
            try train("{coco: x, captions: [a]}").errors.contains("data.captions: expected a table, jsonl or a folder"))
        #expect(
            try train("{jsonl: x, lowercase: true}").errors.contains("data: expected a table or captions for words"))
        #expect(try train("{jsonl: x, separator: \",\"}").errors.contains("data.separator: expected a table"))
    }

    private func configuration(data: String) -> String {
        """
        output: \(folder.path("run"))
        data: \(data)
        steps: 2
        batch_size: 4
        tokenizer: {learn: 520}
        model: {embed_dim: 16,
          vision_cfg: {image_size: 32, layers: 1, width: 32, patch_size: 16, head_width: 32},
          text_cfg: {context_length: 12, width: 32, heads: 1, layers: 1}}
        """
    }

    @Test("a run trains on shards, on a mixture, and says which keys do not fit")
    func training() throws {
        let output = folder.path("shards")
        _ = try data("pack", "--table", folder.path("pairs.tsv"), "--output", output, "--shard-size", "3")
        try folder.write(configuration(data: "{shards: \"\(output)/{00000..00001}.tar\"}").utf8, as: "run.yaml")
        func train(_ setting: String...) throws -> Tool.Result {
            try Tool.run(
                ["train", "--config", folder.path("run.yaml"), "--overwrite"] + setting.flatMap { ["--set", $0] })
        }
        #expect(try train().status == 0)
        let mixture =
            "data={mixture: [{shards: \"\(output)/00000.tar\", weight: 2}, {table: \"\(folder.path("pairs.tsv"))\"}]}"
        let mixed = try train(mixture)
        #expect(mixed.status == 0, "\(mixed.errors)")
        let karpathy = (0..<5).map {
            #"{"filename": "\#($0).png", "split": "val", "sentences": [{"raw": "a picture of \#($0)"}]}"#
        }
        try folder.write(#"{"images": [\#(karpathy.joined(separator: ", "))]}"#.utf8, as: "dataset.json")
        let split = try train("data={karpathy: \"\(folder.path("dataset.json"))\", splits: [val]}")
        #expect(split.status == 0, "\(split.errors)")
        let dev = try train("data={karpathy: x, splits: [dev]}")
        #expect(dev.status == 65 && dev.errors.contains("dev"), "\(dev.errors)")
        #expect(try train("data.splits=[val]").errors.contains("data.splits: expected karpathy"))
        let wrong = try train("data.table=x.tsv")
        #expect(wrong.status == 65 && wrong.errors.contains("found table and shards"))
        #expect(try train("data.mixed_shards=0").errors.contains("data.mixed_shards: expected 1 to"))
        #expect(try train("data={mixture: [{wieght: 2, table: x}]}").errors.contains("wieght"))
    }
}
