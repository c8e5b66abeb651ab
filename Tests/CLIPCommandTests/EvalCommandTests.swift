import CLIPImaging
import CLIPSmallModel
import CLIPTestSupport
import Foundation
import Testing

/// `clip eval` on a small model with random weights.
struct EvalCommandTests {
    private let folder: TemporaryFolder
    private let model: SmallModelFolder
    private static let classes = ["bag", "dog", "hat"]
    private static let imagesOfClass = 8

    init() throws {
        folder = try TemporaryFolder()
        model = try SmallModelFolder()
        var (labels, captions) = ("filepath\tlabel\n", "filepath\ttitle\n")
        for (number, name) in Self.classes.enumerated() {
            try FileManager.default.createDirectory(
                atPath: folder.path("set/\(name)"), withIntermediateDirectories: true)
            for index in 0..<Self.imagesOfClass {
                let path = "set/\(name)/\(index).png"
                try folder.write(SampleImages.bitmap(8 * number + index).pngData(), as: path)
                labels += "\(path)\t\(name)\n"
                captions += "\(path)\t\(name) number \(index)\n"
            }
        }
        try folder.write(labels.utf8, as: "labels.tsv")
        try folder.write(captions.utf8, as: "captions.tsv")
    }

    private func run(_ task: String, _ data: String, _ options: [String] = []) throws -> Tool.Result {
        try Tool.run(
            ["eval", task, "--model", model.path, "--data", folder.path(data), "--cache", folder.path("cache")]
                + options)
    }

    private func figures(_ result: Tool.Result) throws -> [String: Double] {
        var figures: [String: Double] = [:]
        for line in result.output.split(separator: "\n") {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            try #require(cells.count == 7, "\(line)")
            figures[String(cells[3])] = Double(cells[4])
        }
        return figures
    }

    @Test("class folders and a table of the same images have the same figures, from the towers and from the cache")
    func zeroShot() throws {
        let folders = try run("zeroshot", "set", ["--template", "a photo of a {}", "--no-keep-features"])
        try #require(folders.status == 0, "\(folders.errors)")
        let found = try figures(folders)
        #expect(Set(found.keys) == ["acc1", "mean_per_class_recall", "ece"])
        for _ in 0..<2 {
            let table = try run("zeroshot", "labels.tsv", ["--template", "a photo of a {}"])
            #expect(try table.status == 0 && figures(table) == found, "\(table.errors)")
        }
    }

    @Test("a report has the document, CLIP_benchmark's files, a line an image, and a page")
    func report() throws {
        let result = try run("zeroshot", "set", ["--output", folder.path("report"), "--json", "--calibrate"])
        try #require(result.status == 0, "\(result.errors)")
        let written = try String(contentsOfFile: folder.path("report/results.json"), encoding: .utf8)
        #expect(written == result.output)
        let results = try #require(result.json([String: Any].self)["results"] as? [[String: Any]])
        #expect(results.count == 1 && results[0]["images"] as? Int == 24 && results[0]["left_out"] as? Int == 0)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("report/benchmark"))
        #expect(files.count == 1 && files[0].hasSuffix("_zeroshot_classification.json"))
        let lines = try String(contentsOfFile: folder.path("report/images.jsonl"), encoding: .utf8)
        #expect(lines.split(separator: "\n").count == 24)
        let page = try String(contentsOfFile: folder.path("report/report.html"), encoding: .utf8)
        #expect(page.contains("calibration error") && page.contains("data:image/png"))
    }

    @Test("a calibration that is kept makes classify need no labels, and only with the weights that it was fitted to")
    func calibration() throws {
        let kept = try run("zeroshot", "set", ["--calibrate-on", folder.path("labels.tsv"), "--keep-calibration"])
        try #require(kept.status == 0, "\(kept.errors)")
        let image = folder.path("set/dog/1.png")
        let found = try Tool.run(["classify", "--model", model.path, image, "--json"])
        try #require(found.status == 0, "\(found.errors)")
        let object = try #require(found.json([[String: Any]].self).first)
        let labels = try #require(object["labels"] as? [[String: Any]])
        #expect(Set(labels.compactMap { $0["label"] as? String }) == Set(Self.classes))
        #expect(object["none"] is Bool)
        #expect(abs(labels.compactMap { $0["probability"] as? Double }.reduce(0, +) - 1) < 1e-5)
        let same = try Tool.run(["classify", "--model", model.path, image, "--labels", "bag,dog,hat", "--json"])
        #expect(same.output == found.output)
        let others = try Tool.run(["classify", "--model", model.path, image, "--labels", "bag,dog", "--json"])
        #expect(others.status == 0 && others.errors.contains("calibration.json: is a calibration of other labels"))
        try model.spoil()
        let stale = try Tool.run(["classify", "--model", model.path, image])
        #expect(stale.status == 65 && stale.errors.contains("expected a calibration of this model's weights"))
    }

    @Test("two models are compared image by image")
    func comparison() throws {
        let other = try SmallModelFolder(resNet: true)
        let result = try run("zeroshot", "set", ["--model", other.path, "--json"])
        try #require(result.status == 0, "\(result.errors)")
        let comparisons = try #require(result.json([String: Any].self)["comparisons"] as? [[String: Any]])
        let comparison = try #require(comparisons.first)
        #expect(comparison["first"] as? String == model.path && comparison["second"] as? String == other.path)
        let (low, high) = (comparison["low"] as? Double ?? 1, comparison["high"] as? Double ?? -1)
        #expect(low <= high && (0...1).contains(comparison["p"] as? Double ?? 2))
        let twice = try run("zeroshot", "set", ["--model", model.path])
        #expect(twice.status == 64 && twice.errors.contains("--model: expected each model once"))
    }

    @Test("retrieval counts images with captions, and leaves out one without")
    func retrieval() throws {
        let text = try String(contentsOfFile: folder.path("captions.tsv"), encoding: .utf8) + "set/bag/0.png\t\n"
        try folder.write(text.utf8, as: "captions.tsv")
        let result = try run("retrieval", "captions.tsv", ["--output", folder.path("report")])
        try #require(result.status == 0, "\(result.errors)")
        let found = try figures(result)
        #expect(found["image_retrieval_recall@10"] ?? 2 <= 1 && found["text_retrieval_median_rank"] ?? 0 >= 1)
        #expect(result.errors.contains("1 entries are left out"))
    }

    @Test("the probe and few-shot methods learn from training images, and what is kept classifies")
    func learning() throws {
        let training = ["--train", folder.path("set")]
        let probe = try run("probe", "labels.tsv", training + ["--output", folder.path("report")])
        try #require(probe.status == 0, "\(probe.errors)")
        #expect(try figures(probe)["acc1"] ?? 0 > 0.5)
        let adapter = folder.path("adapter")
        let shots = try run(
            "fewshot", "labels.tsv",
            training + ["--methods", "lp++", "--shots", "4", "--seeds", "1", "--save", adapter])
        try #require(shots.status == 0, "\(shots.errors)")
        #expect(try Set(figures(shots).keys) == ["acc1", "acc1_lp++_4_shots"])
        let found = try Tool.run([
            "classify", "--model", model.path, folder.path("set/dog/1.png"), "--adapter", adapter,
        ])
        #expect(found.status == 0 && found.output.contains("dog"), "\(found.errors)")
    }

    @Test("robustness measures each damage, the attack and each sentence")
    func robustness() throws {
        let result = try run("robustness", "set", ["--output", folder.path("report")])
        try #require(result.status == 0, "\(result.errors)")
        let found = try figures(result)
        let kinds = ["gaussian_blur", "gaussian_noise", "jpeg", "brightness", "rotation", "crop"].map { "acc1_\($0)" }
        #expect(Set(kinds).isSubset(of: found.keys) && found["typographic_attack_success"] != nil)
        #expect(found["acc1_worst_template"] ?? 1 <= found["acc1_best_template"] ?? 0)
        #expect(found.values.allSatisfy { (0...1).contains($0) })
    }

    @Test("all puts everything that the data allow into one report, and says what they do not")
    func all() throws {
        let result = try run(
            "all", "labels.tsv",
            ["--train", folder.path("set"), "--seeds", "1", "--shots", "1,2", "--output", folder.path("report")])
        try #require(result.status == 0, "\(result.errors)")
        let tasks = Set(result.output.split(separator: "\n").map { $0.split(separator: "\t")[0] })
        #expect(tasks == ["zeroshot_classification", "robustness", "linear_probe", "few_shot"])
        #expect(result.errors.contains("retrieval is left out: "))
    }

    @Test("images that cannot be read are named, do not count, and make the status 65")
    func unreadable() throws {
        try folder.write([UInt8]("no image".utf8), as: "set/dog/broken.png")
        for _ in 0..<2 {
            let result = try run("zeroshot", "set", ["--json"])
            #expect(result.status == 65 && result.errors.contains("dog/broken.png"))
            let results = try #require(result.json([String: Any].self)["results"] as? [[String: Any]])
            #expect(results[0]["images"] as? Int == 24 && results[0]["left_out"] as? Int == 1)
        }
    }

    static let wrong: [([String], Int32, String)] = [
        (["zeroshot", "--data", "labels.tsv", "--label-column", "type"], 65, "type"),
        (["zeroshot", "--data", "no.tsv"], 66, "no.tsv"),
        (["zeroshot", "--data", "set", "--template", "a photo"], 64, "expected {} where the label belongs"),
        (["zeroshot", "--data", "set", "--templates", "bad-templates.txt"], 65, "bad-templates.txt"),
        (["zeroshot", "--data", "labels.tsv", "--classes", "twice.txt"], 65, "twice.txt"),
        (["zeroshot", "--data", "one.tsv"], 65, "expected at least two classes to tell apart, found one"),
        (["zeroshot", "--data", "empty-class"], 65, "nothing"),
        (["zeroshot", "--data", "set", "--keep-calibration"], 64, "--keep-calibration: expected --calibrate"),
        (["zeroshot", "--data", "set", "--resamples", "3"], 64, "--resamples: expected 100 to 100000, found 3"),
        (["probe", "--data", "labels.tsv"], 65, "train"),
        (["fewshot", "--data", "set", "--train", "set", "--methods", "magic"], 64, "found \"magic\""),
        (["fewshot", "--data", "set", "--train", "set", "--save", "x"], 64, "--save: expected one of --methods"),
        (["retrieval", "--data", "set"], 65, "set"),
        (["all", "--data", "empty"], 65, "expected images with classes or with captions, found neither"),
    ]

    @Test("what is wrong with the input is one line that names it", arguments: wrong)
    func badInput(arguments: [String], status: Int32, reason: String) throws {
        try folder.write("a photo of nothing\n".utf8, as: "bad-templates.txt")
        try folder.write("dog\ndog\nhat\n".utf8, as: "twice.txt")
        try folder.write("filepath\tlabel\nset/dog/0.png\tdog\n".utf8, as: "one.tsv")
        for name in ["empty", "empty-class/nothing", "empty-class/dog"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        try folder.write(SampleImages.bitmap(1).pngData(), as: "empty-class/dog/1.png")
        let paths = ["--data", "--train", "--templates", "--classes"]
        let placed = arguments.enumerated().map { index, text in
            index > 0 && paths.contains(arguments[index - 1]) ? folder.path(text) : text
        }
        let result = try Tool.run(
            ["eval", placed[0], "--model", model.path, "--no-keep-features"] + placed.dropFirst())
        #expect(result.status == status && result.output.isEmpty, "\(result.errors)")
        #expect(result.errors.contains(reason), "\(result.errors)")
    }
}

extension EvalCommandTests {
    @Test("all measures without a calibration where the images allow none, and says why")
    func optionalCalibration() throws {
        let text = "filepath\tlabel\nset/dog/0.png\tdog\nset/bag/0.png\tbag\n"
        try folder.write(text.utf8, as: "pair.tsv")
        let result = try run("all", "pair.tsv", ["--resamples", "100"])
        #expect(
            result.status == 0 && result.errors.contains("the calibration is left out: pair.tsv"), "\(result.errors)")
        #expect(try !figures(result).keys.contains("calibrated_ece"))
        let strict = try run("zeroshot", "pair.tsv", ["--calibrate"])
        #expect(
            strict.status == 65 && strict.errors.contains("pair.tsv: expected images of at least two of the classes"))
    }

    @Test("classes that are the same to the model are named")
    func twins() throws {
        try folder.write("bag\nDOG\ndog\n".utf8, as: "names.txt")
        let result = try run("zeroshot", "set", ["--classes", folder.path("names.txt")])
        #expect(result.status == 0 && result.errors.contains("\"DOG\" and \"dog\" are the same to the model"))
    }

    @Test("a few-shot adapter that was kept belongs to the weights that it was learned with")
    func foreignAdapter() throws {
        let adapter = folder.path("kept")
        let learned = try run(
            "fewshot", "labels.tsv",
            [
                "--train", folder.path("set"), "--methods", "tip-adapter", "--shots", "2", "--seeds", "1", "--save",
                adapter,
            ])
        try #require(learned.status == 0, "\(learned.errors)")
        let other = try SmallModelFolder(resNet: true)
        let result = try Tool.run(
            ["classify", "--model", other.path, folder.path("set/dog/1.png"), "--adapter", adapter])
        #expect(result.status == 65 && result.errors.contains("expected an adapter of this model's weights"))
    }
}
