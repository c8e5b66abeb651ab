import CLIPCheckpoints
import CLIPData
import CLIPImaging
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import CLIPTokenization
import CLIPTraining
import Foundation
import Testing

/// A table of coloured squares and captions that name their colours.
struct ColourTable {
    static let colours: [(name: String, rgb: [UInt8])] = [
        ("red", [220, 30, 30]), ("green", [30, 200, 40]), ("blue", [30, 40, 220]), ("yellow", [230, 220, 40]),
        ("black", [10, 10, 10]), ("white", [245, 245, 245]), ("purple", [140, 30, 160]), ("orange", [250, 140, 20]),
    ]

    let folder: URL
    var table: String { folder.appending(path: "train.tsv").path }

    init(in folder: URL, extraRows: [String] = []) throws {
        self.folder = folder
        var rows = ["filepath\ttitle"]
        for (name, rgb) in Self.colours {
            let pixels = [UInt8]((0..<32 * 32).map { _ in rgb }.joined())
            try Bitmap(rgb: pixels, width: 32, height: 32).pngData(name: name)
                .write(to: folder.appending(path: "\(name).png"))
            rows.append("\(name).png\ta \(name) square")
        }
        try (rows + extraRows).joined(separator: "\n").write(toFile: table, atomically: true, encoding: .utf8)
    }

    func configuration(output: String, steps: Int) throws -> TrainingConfiguration {
        try TrainingConfiguration(
            json: """
                {"output": "\(output)", "data": {"table": "\(table)"}, "steps": \(steps), "batch_size": 8,
                 "precision": "fp32", "learning_rate": 0.002, "warmup_steps": 2, "checkpoint_every": 5, "seed": 3,
                 "tokenizer": {"learn": 540}, "optimiser": {"kind": "muon"},
                 "model": {"embed_dim": 32,
                   "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 16, "head_width": 32},
                   "text_cfg": {"context_length": 12, "width": 48, "heads": 2, "layers": 1}}}
                """, origin: "test")
    }
}

@Suite("A training run")
struct TrainingRunTests {
    private func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "clip-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    private func weights(_ path: String) throws -> [String: [Float]] {
        let file = try Safetensors(opening: path)
        return try Dictionary(
            uniqueKeysWithValues: file.names.map { ($0, try file.tensor($0).elements(as: Float.self)) })
    }

    @Test("The loss falls below chance, and the model that was saved opens")
    func learning() async throws {
        try await withFolder { folder in
            let table = try ColourTable(in: folder)
            let run = TrainingRun(try table.configuration(output: folder.appending(path: "run").path, steps: 30))
            let outcome = try await run.train { _ in }
            let metrics = try outcome.folder.readMetrics()
            #expect(metrics.count == 30 && outcome.steps == 30 && outcome.pairs == 240)
            #expect(try #require(metrics.first).loss > 1.5)
            #expect(try #require(metrics.last).loss < 0.7)
            let opened = try ModelFolder(opening: outcome.folder.model)
            #expect(try opened.model().parameters.count > 10)
            #expect(try opened.tokenizer().encode("a red square").ids.count >= 3)
        }
    }

    @Test(
        "A model that Hugging Face's layout lacks is trained and saved in open_clip's",
        arguments: [
            ("model.vision_cfg.ls_init_value", "0.1"), ("model.vision_cfg.pool_type", "\"avg\""),
            ("model.vision_cfg.no_ln_pre", "true"), ("model.text_cfg.no_causal_mask", "true"),
            ("model.text_cfg.proj_bias", "true"), ("model.init_logit_bias", "-1"),
        ])
    func openCLIPLayout(key: String, value: String) async throws {
        try await withFolder { folder in
            let table = try ColourTable(in: folder)
            let base = try table.configuration(output: folder.appending(path: "run").path, steps: 1).jsonText
            let configuration = try TrainingConfiguration(json: base, origin: "test", overrides: [(key, value)])
            let outcome = try await TrainingRun(configuration).train { _ in }
            let opened = try ModelFolder(opening: outcome.folder.model)
            #expect(opened.layout == .openCLIP && opened.preprocessing == .openAI(size: 32))
        }
    }

    @Test("A model that no layout can hold is refused before the data is opened")
    func noLayout() async throws {
        try await withFolder { folder in
            let table = try ColourTable(in: folder)
            let base = try table.configuration(output: folder.appending(path: "run").path, steps: 1).jsonText
            let tower = """
                {"timm_model_name": "vit_siglip", "image_size": 32, "patch_size": 16, "width": 32, "layers": 1, "heads": 2,
                 "mlp_ratio": 2, "norm_eps": 1e-6, "activation": "gelu_tanh"}
                """
            let configuration = try TrainingConfiguration(
                json: base, origin: "test",
                overrides: [
                    ("model.vision_cfg", tower), ("model.init_logit_bias", "-1"), ("data.table", "\"/no/such.tsv\""),
                ])
            let error = await #expect(throws: TrainingError.self) {
                try await TrainingRun(configuration).train { _ in }
            }
            #expect(error?.description.hasPrefix("model: expected one that a folder can hold") == true)
        }
    }

    @Test("A run that goes on from its checkpoint ends with the weights of one that never stopped")
    func resuming() async throws {
        try await withFolder { folder in
            let table = try ColourTable(in: folder)
            let whole = folder.appending(path: "whole").path
            _ = try await TrainingRun(try table.configuration(output: whole, steps: 10)).train { _ in }
            let parts = folder.appending(path: "parts").path
            let configuration = try table.configuration(output: parts, steps: 10)
            let task = Task {
                try await TrainingRun(configuration).train { progress in
                    if progress.metrics.step == 6 { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let resumed = try await TrainingRun(configuration).train(isResuming: true) { _ in }
            #expect(resumed.steps == 10)
            #expect(try resumed.folder.readMetrics().map(\.step) == Array(1...10))
            let (a, b) = (
                try weights("\(whole)/model/model.safetensors"), try weights("\(parts)/model/model.safetensors")
            )
            #expect(a == b)
        }
    }

    @Test("Another run's model is not lost by a run into the same folder, unless it is to be replaced")
    func sameFolder() async throws {
        try await withFolder { folder in
            let table = try ColourTable(in: folder)
            let configuration = try table.configuration(output: folder.appending(path: "run").path, steps: 2)
            let first = try await TrainingRun(configuration).train { _ in }
            let saved = try weights("\(first.folder.model)/model.safetensors")
            await #expect(throws: TrainingError.self) { try await TrainingRun(configuration).train { _ in } }
            #expect(try weights("\(first.folder.model)/model.safetensors") == saved)
            _ = try await TrainingRun(configuration).train(replacesOldRun: true) { _ in }
        }
    }

    @Test("Bad samples are passed over, counted and named")
    func badSamples() async throws {
        try await withFolder { folder in
            try Data("no image".utf8).write(to: folder.appending(path: "text.png"))
            let table = try ColourTable(
                in: folder, extraRows: ["missing.png\ta ghost", "text.png\ta text", "broken line"])
            let run = TrainingRun(try table.configuration(output: folder.appending(path: "run").path, steps: 4))
            let outcome = try await run.train { _ in }
            let report = outcome.report
            #expect(outcome.skipped.count == 1)
            #expect(outcome.skipped.first.map(\.description) == ["train.tsv line 12: expected 2 columns, found 1"])
            #expect(report.bad.count >= 1)
            #expect(report.bad.first.allSatisfy { $0.name.contains("missing.png") || $0.name.contains("text.png") })
        }
    }

    private func lines(_ path: String) throws -> [[String: String]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            return object.mapValues { "\($0)" }
        }
    }

    @Test("Each bad sample has one line in the run's folder, also when the run goes on")
    func badSampleFile() async throws {
        try await withFolder { folder in
            try Data("no image".utf8).write(to: folder.appending(path: "text.png"))
            let table = try ColourTable(in: folder, extraRows: ["missing.png\ta ghost", "text.png\ta text"])
            let configuration = try table.configuration(output: folder.appending(path: "run").path, steps: 6)
            let first = try await TrainingRun(configuration).train { _ in }
            let path = first.folder.badSamples
            let found = try lines(path)
            #expect(Set(found.map { $0["name"] }) == ["missing.png", "text.png"] && found.count == 2)
            #expect(found.allSatisfy { $0.keys.sorted() == ["epoch", "name", "reason"] && $0["epoch"] == "0" })
            // As a process leaves it that was killed while it wrote.
            let torn = try String(contentsOfFile: path, encoding: .utf8) + "{\"name\": \"mis"
            try torn.write(toFile: path, atomically: true, encoding: .utf8)
            let longer = try table.configuration(output: folder.appending(path: "run").path, steps: 12)
            _ = try await TrainingRun(longer).train(isResuming: true) { _ in }
            #expect(try lines(path) == found)
            _ = try await TrainingRun(configuration).train(replacesOldRun: true) { _ in }
            #expect(try lines(path) == found)
        }
    }

    @Test("A run whose images vanish stops in one line, and ends as if they never had once they are back")
    func vanishing() async throws {
        try await withFolder { folder in
            let images = folder.appending(path: "images")
            try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
            let table = try ColourTable(in: images)
            let whole = folder.appending(path: "whole").path
            _ = try await TrainingRun(try table.configuration(output: whole, steps: 30)).train { _ in }
            let configuration = try table.configuration(output: folder.appending(path: "run").path, steps: 30)
            let away = folder.appending(path: "away")
            let error = await #expect(throws: DatasetError.self) {
                try await TrainingRun(configuration).train { progress in
                    if progress.metrics.step == 7 { try? FileManager.default.moveItem(at: images, to: away) }
                }
            }
            #expect(error?.description == "\(images.path): expected the folder with the images, found none")
            try FileManager.default.moveItem(at: away, to: images)
            let resumed = try await TrainingRun(configuration).train(isResuming: true) { _ in }
            #expect(try lines(resumed.folder.badSamples).isEmpty)
            let (a, b) = (
                try weights("\(whole)/model/model.safetensors"),
                try weights("\(resumed.folder.model)/model.safetensors")
            )
            #expect(a == b)
        }
    }

    @Test("A run stops past its limit of bad samples")
    func badSampleLimit() async throws {
        try await withFolder { folder in
            let table = try ColourTable(in: folder, extraRows: (0..<4).map { "missing\($0).png\ta ghost" })
            let base = try table.configuration(output: folder.appending(path: "run").path, steps: 200)
            let configuration = try TrainingConfiguration(
                json: base.jsonText, origin: "test", overrides: [("bad_sample_limit", "0.3")])
            let error = await #expect(throws: DatasetError.self) { try await TrainingRun(configuration).train { _ in } }
            #expect(error?.description.hasPrefix("data set: expected at most 30 % bad samples, found ") == true)
            #expect(try lines(RunFolder(configuration.output).badSamples).count == 4)
            #expect(try RunFolder(configuration.output).readMetrics().count > 50)
        }
    }

    @Test("A run of more epochs than can be counted is refused", arguments: ["1000000000000000000", "1000000000"])
    func hugeLength(epochs: String) async throws {
        try await withFolder { folder in
            let table = try ColourTable(in: folder)
            let base = try table.configuration(output: folder.appending(path: "run").path, steps: 2).jsonText
            let stages = #"{"epoch_pairs": 800, "stages": [{"until": 1, "single_kind": 0.5, "twins": 1}]}"#
            let configuration = try TrainingConfiguration(
                json: base, origin: "test",
                overrides: [("steps", "null"), ("epochs", epochs), ("data.table", "null"), ("data.emoji", stages)])
            let error = await #expect(throws: TrainingError.self) {
                try await TrainingRun(configuration).train { _ in }
            }
            #expect(error?.description.hasPrefix("epochs: expected") == true)
        }
    }

    @Test(
        "A configuration that lacks something is refused in one line",
        arguments: [
            ("steps", "null", "steps: expected one of the keys epochs and steps, found neither"),
            ("epochs", "1", "steps: expected one of the keys epochs and steps, found both"),
            ("model", "\"ViT-Z\"", "expected one of RN50"),
            ("data.table", "\"/no/such.tsv\"", "/no/such.tsv"), ("tokenizer.learn", "null", "tokenizer: expected"),
            ("batch_size", "9223372036854775807", "batch_size"), ("steps", "9223372036854775807", "steps"),
            ("data.shortest_edge", "0", "data.shortest_edge"), ("data.shortest_edge", "-5", "data.shortest_edge"),
            ("model.vision_cfg.image_size", "0", "image_size"), ("model.vision_cfg.image_size", "-1", "image_size"),
            ("model.text_cfg.context_length", "1", "context_length"),
            ("model.text_cfg.context_length", "-5", "context_length"),
            ("model.init_logit_scale", "1e308", "init_logit_scale"), ("output", "\"\"", "output: expected"),
            ("model.vision_cfg.image_size", "16384", "this machine's"),
            ("model.vision_cfg.width", "65536", "at least"), ("warmup_steps", "9223372036854775807", "warmup_steps"),
            ("data.cache_megabytes", "9223372036854775807", "cache_megabytes"),
            ("batch_size", "1", "batch_size"), ("bad_sample_limit", "1.5", "bad_sample_limit"),
            ("optimiser.beta1", "1.5", "optimiser.beta1"),
            ("optimiser.epsilon", "0", "optimiser.epsilon: expected a number above 0"),
            ("micro_batch_size", "9", "micro_batch_size: expected at most batch_size, 8, found 9"),
            ("tokenizer.learn", "513", "tokenizer.learn: expected 514 to"),
            (
                "model.text_cfg.vocab_size", "600",
                "model.text_cfg.vocab_size: expected none beside tokenizer.learn, which says 540, found 600"
            ),
            ("model.embed_dim", "7000000", "model.embed_dim: expected a number from 1 to 65536, found 7000000"),
            ("model.text_cfg.heads", "5", "model.text_cfg.width: expected a multiple of heads 5, found 48"),
            ("image.mean", "[1]", "image.mean: expected three numbers, found 1"),
            ("data", #"{"karpathy": "a", "splits": ["val", "val"]}"#, "data.splits: expected each split once"),
            (
                "data", #"{"shards": "a::b", "shard_weights": [1]}"#,
                "data.shard_weights: expected a weight for each of the 2 patterns between ::, found 1"
            ),
            (
                "data", #"{"mixture": [{"coco": "a"}, {"table": "a", "separator": "ab"}]}"#,
                "data.mixture[1].separator: expected one character, found \"ab\""
            ),
            (
                "data", #"{"emoji": {"stages": [{"until": 1, "single_kind": 2, "twins": 0}]}}"#,
                "data.emoji.stages[0].single_kind: expected a share from 0 to 1, found 2.0"
            ),
            ("data", #"{"emoji": {"stages": []}}"#, "data.emoji.stages: expected at least one stage"),
            ("data.mixed_shards", "2", "data.mixed_shards: expected none where nothing is read from shards"),
            (
                "data", #"{"table": "a", "captions": ["{b}"], "caption_column": "c"}"#,
                "data.caption_column: expected none beside captions"
            ),
            ("schedule.cooldown_end", "1e-6", "schedule.cooldown_end: expected none for the schedule cosine"),
            ("schedule.cooldown_power", "2", "schedule.cooldown_power: expected none for the schedule cosine"),
            ("schedule", #"{"kind": "constant", "cooldown_steps": 1}"#, "schedule.cooldown_steps: expected none"),
            ("schedule.kind", "\"constant_cooldown\"", "schedule.cooldown_steps: expected 1"),
            (
                "schedule", #"{"kind": "constant_cooldown", "cooldown_steps": 1}"#,
                "schedule.cooldown_steps: expected at most 0, the run's 2 steps without warmup_steps, found 1"
            ),
            (
                "schedule", #"{"kind": "constant_cooldown", "cooldown_steps": 1, "cooldown_end": 1}"#,
                "schedule.cooldown_end: expected at most learning_rate, 0.002, found 1.0"
            ),
        ])
    func refusals(key: String, value: String, expected: String) async throws {
        try await expectRefusal([(key, value)], expected)
    }

    @Test(
        "What would be ignored beside a start, or for an image tower, is refused before any file is opened",
        arguments: [
            (["start": "\"/no/model\"", "image.mean": "[0.5, 0.5, 0.5]"], "image: expected none"),
            (["start": "\"/no/model\"", "image.std": "[0.5, 0.5, 0.5]"], "image: expected none"),
            (["start": "\"/no/model\"", "image_positions": "\"plane_waves\""], "image_positions: expected none"),
            (["model": "\"RN50\"", "image_positions": "\"plane_waves\""], "image_positions: expected published"),
        ])
    func ignoredKeys(overrides: [String: String], expected: String) async throws {
        try await expectRefusal(
            overrides.map { ($0.key, $0.value) } + [("data.table", "\"/no/such.tsv\"")], expected)
    }

    private func expectRefusal(_ overrides: [(path: String, json: String)], _ expected: String) async throws {
        try await withFolder { folder in
            let table = try ColourTable(in: folder)
            let base = try table.configuration(output: folder.appending(path: "run").path, steps: 2).jsonText
            let configuration = try TrainingConfiguration(json: base, origin: "test", overrides: overrides)
            do {
                _ = try await TrainingRun(configuration).train { _ in }
                Issue.record("expected an error")
            } catch {
                let text = "\(error)"
                #expect(text.contains(expected) && !text.contains("\n"), "\(text)")
            }
        }
    }
}
