import CLIPData
import CLIPFiles
import CLIPTensor
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("Validation while a run goes on")
struct ValidationTests {
    private let folder: TemporaryFolder
    private let table: ColourTable

    init() throws {
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url)
        // Two captions of one image, two images of one caption, a class that is missing, an image that is.
        let rows = [
            "filepath\ttitle\tcolour", "red.png\ta red square\tred", "red.png\tsomething red\tred",
            "green.png\ta green square\tgreen", "blue.png\ta blue square\tblue", "black.png\ta dark square\tblack",
            "purple.png\ta dark square\t", "missing.png\ta ghost\tred", "white.png\ta white square\twhite",
        ]
        try folder.write(rows.joined(separator: "\n").utf8, as: "val.tsv")
    }

    private func configuration(
        _ output: String, steps: Int = 12, _ overrides: [(path: String, json: String)] = [], validates: Bool = true
    ) throws -> TrainingConfiguration {
        let validation = """
            {"data": {"table": "\(folder.path("val.tsv"))"}, "classes": {"colour": ["a {} square", "{}"]}, "every": 5,
             "batch_size": 4}
            """
        return try TrainingConfiguration(
            json: table.configuration(output: folder.path(output), steps: steps).jsonText, origin: "test",
            overrides: (validates ? [("validation", validation)] : []) + overrides)
    }

    private func weights(_ folder: RunFolder) throws -> [String: [Float]] {
        let file = try Safetensors(opening: "\(folder.checkpoints)/step-000000012/model.safetensors")
        return try Dictionary(
            uniqueKeysWithValues: file.names.map { ($0, try file.tensor($0).elements(as: Float.self)) })
    }

    @Test("is measured every so many steps and at the end, with each image and each text counted once")
    func results() async throws {
        let outcome = try await TrainingRun(configuration("run", steps: 40)).train { _ in }
        let results = try outcome.folder.readValidations()
        #expect(results.map(\.step) == [5, 10, 15, 20, 25, 30, 35, 40])
        let last = try #require(results.last)
        #expect(last.images == 6 && last.texts == 6 && last.pairs == 320)
        let names = [
            "image_retrieval_recall@1", "text_retrieval_recall@10", "mean_recall", "zero_shot_acc1/colour", "loss",
        ]
        #expect(names.allSatisfy { last.metrics[$0] != nil })
        #expect(last.metrics["image_retrieval_recall@10"] == 1 && last.score == last.metrics["mean_recall"])
        #expect(try #require(last.metrics["zero_shot_acc1/colour"]) >= 0.8)
        #expect(try #require(ValidationResult.best(of: results)).score == results.compactMap(\.score).max())
    }

    @Test(
        "changes nothing in the run, batch norms included",
        arguments: [#"{"image_size": 32, "layers": 2, "width": 64, "patch_size": 16, "head_width": 32}"#, Self.resNet])
    func undisturbed(vision: String) async throws {
        let overrides = [("model.vision_cfg", vision), ("optimiser.kind", "\"adamw\"")]
        let with = try await TrainingRun(configuration("with", overrides)).train { _ in }
        let without = try await TrainingRun(configuration("without", overrides, validates: false)).train { _ in }
        #expect(try weights(with.folder) == weights(without.folder))
    }

    private static let resNet = #"{"image_size": 32, "layers": [1, 1, 1, 1], "width": 8}"#

    @Test("gives the same whether pixels are kept or read anew, and in a run that was stopped and went on")
    func repeatable() async throws {
        let kept = try await TrainingRun(configuration("kept")).train { _ in }
        let overrides = [("validation.data.cache_megabytes", "0")]
        let task = Task {
            try await TrainingRun(configuration("anew", overrides)).train { progress in
                if progress.metrics.step == 7 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        let anew = try await TrainingRun(configuration("anew", overrides)).train(isResuming: true) { _ in }
        let metrics = try [kept, anew].map { try $0.folder.readValidations().map(\.metrics) }
        #expect(metrics[0] == metrics[1] && metrics[0].count == 3)
        #expect(EventFile.files(in: anew.folder.events).count == 2)
    }

    @Test("of fine-tuning begins with the start's values, which are told with every later one")
    func start() async throws {
        let first = try await TrainingRun(configuration("first", steps: 20)).train { _ in }
        let before = try #require(first.folder.readValidations().last)
        let told = Told()
        let overrides = [("start", "\"\(first.folder.model)\""), ("model", "null"), ("tokenizer", "null")]
        let outcome = try await TrainingRun(configuration("second", steps: 6, overrides)).train { told.append($0) }
        let results = try outcome.folder.readValidations()
        #expect(results.map(\.step) == [0, 5, 6])
        #expect(results[0].metrics == before.metrics && results[0].pairs == 0)
        #expect(told.validations.map(\.step) == [0, 5, 6])
        #expect(told.starts.allSatisfy { $0 == results[0] } && told.starts.count == 6)
        #expect(results[1].line(start: results[0]).contains("(start "))
        #expect(try String(contentsOfFile: outcome.folder.report, encoding: .utf8).contains("against the start"))
    }

    @Test(
        "keeps the model of the best score, with averaged weights where there are averages", arguments: ["null", "0.8"])
    func best(decay: String) async throws {
        let first = try await TrainingRun(configuration("first", steps: 12, [("average_decay", decay)])).train { _ in }
        let best = try #require(ValidationResult.best(of: first.folder.readValidations()))
        let note = try contents(ofFile: "\(first.folder.best)/validation.json")
        #expect(try JSONDecoder().decode(ValidationResult.self, from: Data(note)) == best)
        let overrides = [("start", "\"\(first.folder.best)\""), ("model", "null"), ("tokenizer", "null")]
        let second = try await TrainingRun(configuration("second", steps: 1, overrides)).train { _ in }
        #expect(try second.folder.readValidations().first?.metrics == best.metrics)
    }

    /// A run that was stopped after its seventh step, measured at its fifth.
    private func stop() async throws -> RunFolder {
        let task = Task {
            try await TrainingRun(configuration("run")).train { progress in
                if progress.metrics.step == 7 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        return RunFolder(folder.path("run"))
    }

    @Test(
        "keeps the best model of before where the log lost its line, and says so",
        arguments: ["", "{\"step\": 5, \"pai", nil])
    func bestWithoutLine(log: String?) async throws {
        let run = try await stop()
        let weights = "\(run.best)/model.safetensors"
        let kept = try contents(ofFile: weights)
        var best = try #require(run.readValidations().first)
        best.score = 2
        try AtomicFile.write(Array(JSONEncoder().encode(best)), to: "\(run.best)/validation.json")
        try FileManager.default.removeItem(atPath: run.validation)
        if let log { try AtomicFile.write(log.utf8, to: run.validation) }
        let notices = Notices()
        _ = try await TrainingRun(configuration("run")).train(isResuming: true, onNotice: notices.append) { _ in }
        #expect(try run.readValidations().map(\.step) == [10, 12])
        #expect(try contents(ofFile: weights) == kept)
        #expect(notices.lines.count == 1)
        #expect(notices.lines.first?.hasPrefix("warning: \(run.validation): expected the lines of the eval") == true)
    }

    @Test("keeps the best model of before where steps are taken again from a checkpoint before it")
    func bestOfLaterStep() async throws {
        let run = try await stop()
        let weights = "\(run.best)/model.safetensors"
        let kept = try contents(ofFile: weights)
        var best = try #require(run.readValidations().first)
        (best.score, best.step) = (2, 10)
        try AtomicFile.write(Array(JSONEncoder().encode(best)), to: "\(run.best)/validation.json")
        _ = try await TrainingRun(configuration("run")).train(isResuming: true) { _ in }
        #expect(try contents(ofFile: weights) == kept)
    }

    @Test("keeps the best model of before where the run was stopped and went on")
    func bestOfBefore() async throws {
        let run = try await stop()
        let weights = "\(run.best)/model.safetensors"
        let kept = try contents(ofFile: weights)
        var told = try #require(run.readValidations().first)
        (told.score, told.metrics["mean_recall"]) = (2, 2)
        try AtomicFile.write(Array(JSONEncoder().encode(told)) + [10], to: run.validation)
        _ = try await TrainingRun(configuration("run")).train(isResuming: true) { _ in }
        #expect(try run.readValidations().map(\.step) == [5, 10, 12])
        #expect(try contents(ofFile: weights) == kept)
    }

    @Test(
        "that cannot be made is refused before anything is trained",
        arguments: [
            ("validation.best", "\"f1\"", "validation.best: expected one of"),
            ("validation.classes", #"{"colour": []}"#, "validation.classes.colour"),
            ("validation.classes", #"{"colour": ["a photo"]}"#, "expected {}"),
            ("validation.classes", #"{"size": ["{}"]}"#, "found size"),
            ("validation.data", #"{"table": "/no/such.tsv"}"#, "/no/such.tsv"),
            ("validation.every", "-1", "validation.every"), ("validation.batch_size", "1", "validation.batch_size"),
            ("validation.data.cache_megabytes", "-1", "validation.data.cache_megabytes"),
            ("validation.data", #"{"table": "a", "coco": "b"}"#, "validation.data: expected exactly one of the keys"),
            ("validation.data", #"{"coco": "b"}"#, "validation.classes: expected validation.data.table"),
            ("validation.data", #"{"emoji": {"stages": []}}"#, "validation.data: expected a source of files"),
            ("validation.data.shortest_edge", "40", "validation.data.shortest_edge: expected none"),
            ("validation.data.mixed_shards", "2", "validation.data.mixed_shards: expected none"),
            (
                "validation.data", #"{"mixture": [{"coco": "b", "weight": 2}]}"#,
                "validation.data.mixture[0].weight: expected none"
            ),
        ])
    func refusals(key: String, value: String, expected: String) async throws {
        let configuration = try configuration("run", [(key, value)])
        do {
            _ = try await TrainingRun(configuration).train { _ in Issue.record("trained") }
            Issue.record("expected an error")
        } catch {
            #expect("\(error)".contains(expected) && !"\(error)".contains("\n"), "\(error)")
        }
    }

    /// The same eight images with two captions each, as each kind of source has them.
    private func source(_ kind: String) throws -> String {
        let images = ColourTable.colours.map(\.name)
        func captions(_ name: String) -> [String] { ["a \(name) square", "something \(name)"] }
        switch kind {
        case "jsonl":
            let lines = images.map {
                #"{"image": "\#($0).png", "caption": ["\#(captions($0)[0])", "\#(captions($0)[1])"]}"#
            }
            return #"{"jsonl": "\#(try folder.write(lines.joined(separator: "\n").utf8, as: "pairs.jsonl"))"}"#
        case "coco":
            let pictures = images.enumerated().map { #"{"id": \#($0), "file_name": "\#($1).png"}"# }
            let texts = images.enumerated().flatMap { number, name in
                captions(name).map { #"{"image_id": \#(number), "id": \#(number), "caption": "\#($0)"}"# }
            }
            let (images, annotations) = (pictures.joined(separator: ","), texts.joined(separator: ","))
            let json = #"{"images": [\#(images)], "annotations": [\#(annotations)]}"#
            return #"{"coco": "\#(try folder.write(json.utf8, as: "captions.json"))"}"#
        case "folder":
            let inner = folder.url.appending(path: "images")
            try? FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
            for name in images {
                let image = inner.appending(path: "\(name).png")
                if !FileManager.default.fileExists(atPath: image.path) {
                    try FileManager.default.copyItem(at: folder.url.appending(path: "\(name).png"), to: image)
                }
            }
            let lines = images.flatMap { name in captions(name).map { "\(name).png,\($0)" } }
            try (["file_name,text"] + lines).joined(separator: "\n").write(
                to: inner.appending(path: "metadata.csv"), atomically: true, encoding: .utf8)
            return #"{"folder": "\#(inner.path)"}"#
        default:
            let pairs = try FilePairs(jsonLines: URL(filePath: folder.path("pairs.jsonl")))
            _ = try ShardPacker.pack(pairs, to: folder.path("shards"), options: .init()) { _ in }
            return #"{"shards": "\#(folder.path("shards/00000.tar"))"}"#
        }
    }

    @Test("is made of every source of files, each image with all of its captions, and gives the same of all of them")
    func sources() async throws {
        var found: [[String: Double]] = []
        for kind in ["jsonl", "coco", "folder", "shards"] {
            let data = [("validation.classes", "{}"), ("validation.data", try source(kind))]
            let outcome = try await TrainingRun(configuration(kind, steps: 2, data)).train { _ in }
            let result = try #require(try outcome.folder.readValidations().last)
            #expect(result.images == 8 && result.texts == 16, "\(kind)")
            found.append(result.metrics)
        }
        #expect(found.allSatisfy { $0 == found[0] } && found[0]["mean_recall"] != nil)
        // The same files in two sources are the same images; files of the same names in another folder are others.
        for (other, images) in [("coco", 8), ("folder", 16)] {
            let data = #"{"mixture": [\#(try source("jsonl")), \#(try source(other))]}"#
            let mixture = [("validation.classes", "{}"), ("validation.data", data)]
            let mixed = try await TrainingRun(configuration("mixture-\(other)", steps: 2, mixture)).train { _ in }
            let result = try #require(try mixed.folder.readValidations().last)
            #expect(result.images == images && result.texts == 16, "\(other)")
            #expect(try String(contentsOfFile: mixed.folder.report, encoding: .utf8).contains("a red square"))
        }
    }

    @Test("chooses in its loss among different images, and reads each once whatever its captions")
    func captionsOfOneImage() async throws {
        _ = try source("jsonl")
        let path = folder.path("pairs.jsonl")
        try AppendedFile(path: path).write(
            "\n{\"image\": \"missing.png\", \"caption\": [\"a ghost\", \"something gone\"]}".utf8)
        let data = [
            ("data", "{\"jsonl\": \"\(path)\"}"), ("validation.classes", "{}"), ("validation.batch_size", "16"),
            ("validation.data", "{\"jsonl\": \"\(path)\"}"),
        ]
        let outcome = try await TrainingRun(configuration("run", steps: 80, data)).train { _ in }
        let last = try #require(outcome.folder.readValidations().last)
        // Two texts of an image in one choice would cost ln 2.
        #expect(try #require(last.metrics["loss"]) < 0.5)
        #expect(last.images == 8 && last.texts == 16)
        let page = try String(contentsOfFile: outcome.folder.report, encoding: .utf8)
        let training = outcome.report.bad.count
        #expect(training > 0 && page.contains("\(training + 1) samples could not be used"))
    }

    @Test("has one caption of a row whose captions are made of sentences, the same of every kind of list")
    func madeCaptions() async throws {
        let names = ColourTable.colours.map(\.name)
        let rows = ["filepath\tname"] + names.map { "\($0).png\t\($0)" }
        let lines = names.map { "{\"image\": \"\($0).png\", \"name\": \"\($0)\"}" }
        let table = try folder.write(rows.joined(separator: "\n").utf8, as: "names.tsv")
        let list = try folder.write(lines.joined(separator: "\n").utf8, as: "names.jsonl")
        var results: [ValidationResult] = []
        for (kind, path) in [("table", table), ("jsonl", list)] {
            let data = """
                {"\(kind)": "\(path)", "captions": ["a {name} square", "something {name}", "{name}"]}
                """
            let overrides = [("validation.classes", "{}"), ("validation.data", data)]
            let outcome = try await TrainingRun(configuration(kind, steps: 2, overrides)).train { _ in }
            results.append(try #require(outcome.folder.readValidations().last))
        }
        #expect(results[0].texts == 8 && results[1].texts == 8)
        #expect(results[0].metrics == results[1].metrics)
    }

    @Test("counts all that could not be read, not only what is named")
    func badCount() async throws {
        let rows = (0..<14).map { "missing-\($0).png\ta ghost" }
        let table = try String(contentsOfFile: folder.path("val.tsv"), encoding: .utf8).split(separator: "\n")
        let pairs = table.map { $0.split(separator: "\t").prefix(2).joined(separator: "\t") }
        try folder.write((pairs + rows + ["alone"]).joined(separator: "\n").utf8, as: "bad.tsv")
        let data = [
            ("validation.classes", "{}"), ("validation.data", "{\"table\": \"\(folder.path("bad.tsv"))\"}"),
        ]
        let run = try await TrainingRun(configuration("run", steps: 2, data)).train { _ in }.folder
        #expect(try String(contentsOfFile: run.report, encoding: .utf8).contains("16 samples could not be used"))
    }

    @Test("with another metric or another set begins anew with its best, and measures the start again of another set")
    func likeWithLike() async throws {
        func result(_ step: Int, _ score: Double, metric: String = "loss", set: String = "a") throws
            -> ValidationResult
        {
            let text = """
                {"step": \(step), "pairs": 0, "metrics": {}, "score": \(score), "metric": "\(metric)", "set": "\(set)",
                 "images": 1, "texts": 1, "seconds": 0}
                """
            return try JSONDecoder().decode(ValidationResult.self, from: Data(text.utf8))
        }
        let results = try [result(5, 9, metric: "mean_recall"), result(10, -3), result(15, -2), result(20, -4)]
        #expect(ValidationResult.best(of: results)?.step == 15)
        #expect(try ValidationResult.best(of: results + [result(25, -8, set: "b")])?.step == 25)
        #expect(try ValidationResult.best(of: results + [result(0, 99)])?.step == 15)
        let sets = try results + [result(0, 1, set: "b"), result(25, 1, set: "b")]
        #expect(ValidationResult.ofLastSet(sets).map(\.step) == [0, 25])

        let first = try await TrainingRun(configuration("first", steps: 5)).train { _ in }
        let tuned: [(path: String, json: String)] = [
            ("start", "\"\(first.folder.model)\""), ("model", "null"), ("tokenizer", "null"), ("checkpoint_every", "5"),
        ]
        let run = try await TrainingRun(configuration("run", steps: 5, tuned)).train { _ in }.folder
        let loss = [("validation.best", "\"loss\"")]
        _ = try await TrainingRun(configuration("run", steps: 10, tuned + loss)).train(isResuming: true) { _ in }
        let note = try contents(ofFile: "\(run.best)/validation.json")
        #expect(try JSONDecoder().decode(ValidationResult.self, from: Data(note)).step == 10)
        #expect(try run.readValidations().map(\.step) == [0, 5, 10])
        let set = loss + [("validation.data.table", "\"\(table.table)\""), ("validation.classes", "{}")]
        _ = try await TrainingRun(configuration("run", steps: 15, tuned + set)).train(isResuming: true) { _ in }
        #expect(try run.readValidations().map(\.step) == [0, 5, 10, 0, 15])
    }

    @Test("of an examination is of the averages, where they are what is saved")
    func examinedAverages() async throws {
        let overrides = [("average_decay", "0.9"), ("validation.every", "122")]
        let trained = try await TrainingRun(configuration("run", steps: 200, overrides)).train { _ in }.folder
        let examined = try await TrainingRun(
            configuration("other", steps: 200, overrides + [("validation.every", "200")])
        ).examine(seconds: 600) { _ in }
        let expected = try #require(try trained.readValidations().first { $0.step == 122 })
        #expect(examined.steps == 122 && examined.validations.last?.metrics == expected.metrics)
    }

    @Test("has defaults for what its keys leave out, and no other keys")
    func reading() throws {
        let read = try TrainingConfiguration(json: #"{"validation": {"data": {"table": "v.tsv"}}}"#, origin: "test")
        #expect(read.validation?.every == 500 && read.validation?.data.cacheMegabytes == 512)
        #expect(throws: TrainingError.self) {
            try TrainingConfiguration(json: #"{"validation": {"table": "v.tsv"}}"#, origin: "test")
        }
    }
}

/// What a run told, step by step.
private final class Told: @unchecked Sendable {
    // Safe: only touched while `lock` is held.
    private let lock = NSLock()
    private var progress: [TrainingRun.Progress] = []

    var validations: [ValidationResult] { lock.withLock { progress.flatMap(\.validations) } }
    var starts: [ValidationResult] { lock.withLock { progress.compactMap(\.start) } }

    func append(_ step: TrainingRun.Progress) { lock.withLock { progress.append(step) } }
}
