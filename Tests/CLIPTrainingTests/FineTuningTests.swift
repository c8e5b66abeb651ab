import CLIPCheckpoints
import CLIPData
import CLIPFiles
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

/// Runs that go on from a small model and change a part of it.
@Suite("Fine-tuning")
struct FineTuningTests {
    private let folder: TemporaryFolder
    private let table: ColourTable

    init() throws {
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url)
    }

    /// A model to start from.
    private func start() async throws -> String {
        let configuration = try table.configuration(output: folder.path("start"), steps: 20)
        return try await TrainingRun(configuration).train { _ in }.folder.model
    }

    private func configuration(
        _ start: String, _ changes: [(String, String)], output: String = "run", steps: Int = 6
    ) throws -> TrainingConfiguration {
        let base = try table.configuration(output: folder.path(output), steps: steps).jsonText
        let plain = [
            ("model", "null"), ("tokenizer", "null"), ("optimiser.kind", "\"adamw\""), ("start", "\"\(start)\""),
            ("checkpoint_every", "3"),
        ]
        return try TrainingConfiguration(
            json: base, origin: "test", overrides: (plain + changes).map { (path: $0.0, json: $0.1) })
    }

    private func tensors(_ path: String) throws -> [String: [Float]] {
        let file = try Safetensors(opening: path)
        return try Dictionary(
            uniqueKeysWithValues: file.names.map { ($0, try file.tensor($0).elements(as: Float.self)) })
    }

    private func refusal(_ start: String, _ changes: [(String, String)]) async throws -> String {
        do {
            _ = try await TrainingRun(configuration(start, changes)).train { _ in }
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("A locked tower stays the same to the bit and has no place in the checkpoint; the rest moves")
    func lockedTower() async throws {
        let start = try await start()
        let outcome = try await TrainingRun(configuration(start, [("lock.image", "{}")])).train { _ in }
        let (before, after) = try (
            tensors("\(start)/model.safetensors"), tensors("\(outcome.folder.model)/model.safetensors")
        )
        for (name, values) in before {
            let isLocked = name.hasPrefix("vision_model.") || name.hasPrefix("visual_projection.")
            #expect((after[name] == values) == isLocked, "\(name)")
        }
        let newest = try CheckpointSeries(outcome.folder.checkpoints).newest()
        let checkpoint = try #require(newest)
        for file in ["model", "optimiser"] {
            let kept = try Safetensors(opening: "\(checkpoint)/\(file).safetensors").names
            #expect(!kept.isEmpty && !kept.contains { $0.contains("visual.") })
        }
    }

    @Test("What is locked costs no gradient: nothing of it is recorded")
    func noGradient() throws {
        let architecture = CLIPConfiguration(
            embeddingWidth: 32,
            vision: .transformer(.init(imageSize: 32, patchSize: 16, width: 64, layers: 3, headWidth: 32)),
            text: .init(contextLength: 12, vocabularySize: 60, width: 48, heads: 2, layers: 2))
        var run = TrainingConfiguration()
        run.lock = LockConfiguration(image: .init(unlockedGroups: 2), text: .init())
        let trained = try TrainedParameters(run, architecture)
        let model = try CLIPModel(architecture, parameters: FreshParameters(seed: 1))
        let trainer = try Trainer(
            model,
            Trainer.Configuration(
                schedule: .init(peak: 1e-3, warmupSteps: 1, steps: 2), mean: [0, 0, 0], std: [1, 1, 1]),
            trains: trained.contains)
        let pixels = try Tensor.normal([2, 3, 32, 32], using: RandomGenerator(seed: 2))
        let tokens = try Tensor([1, 2, 59, 3, 4, 59] as [Int32], shape: [2, 3])
        #expect(try !model.text(tokens, Pass(isTraining: true)).requiresGradient)
        _ = try trainer.accumulateGradients(TowerInput(pixels: pixels, tokens: tokens), Matches(count: 2))
        let reached = Set(model.parameters.filter { $0.tensor.gradient != nil }.map(\.name))
        #expect(
            reached.contains("visual.proj") && reached.contains("logit_scale")
                && reached.contains("visual.ln_post.bias"))
        #expect(reached.allSatisfy { trained.contains($0) })
        #expect(reached.count == 12 + 2 + 1 + 1)
    }

    @Test("Groups of layers are open_clip's, and no more than there are can be unlocked")
    func groups() async throws {
        let start = try await start()
        // The embeddings, two blocks and the projection.
        let text = try await refusal(start, [("lock.image", "{\"unlocked_groups\": 5}")])
        #expect(text == "lock.image.unlocked_groups: expected 0 to 4, found 5")
        #expect(
            try await refusal(start, [("lock.text", "{\"freeze_bn_stats\": false}")]).hasPrefix(
                "lock.text.freeze_bn_stats: expected a ResNet"))
        #expect(
            try await refusal(start, [("lock.text", "{\"blocks\": 1}")]).hasSuffix(
                "lock.text.blocks: unknown key; known: freeze_bn_stats, unlocked_groups"))
    }

    static let wrong: [(String, String, String)] = [
        (
            "lora.targets", "[\"q_proj\", \"in_proj\"]",
            "lora.targets[1]: expected one of q_proj, k_proj, v_proj, out_proj, fc1, fc2, found \"in_proj\""
        ),
        ("lora.towers", "[\"audio\"]", "lora.towers[0]: expected one of image, text, found \"audio\""),
        ("lora.targets", "[]", "lora.targets: expected each layer once, at least one"),
        ("lora.targets", "[\"fc1\", \"fc1\"]", "lora.targets: expected each layer once"),
        ("lora.rank", "0", "lora.rank: expected 1 to 4096, found 0"),
        ("lora.alpha", "-1", "lora.alpha: expected a number above 0, found -1"),
        (
            "lora.dropout", "0.1",
            "lora.dropout: unknown key; known: alpha, from, modules_to_save, rank, save, targets, towers"
        ),
        ("lora.modules_to_save", "[\"head\"]", "lora.modules_to_save[0]: expected one of token_embedding,"),
        (
            "lora.modules_to_save", "[\"text_projection\", \"text_projection\"]",
            "lora.modules_to_save: expected each module at most once"
        ),
        ("lora.from", "\"/no/such\"", "/no/such/adapter_config.json"),
    ]

    @Test("Adapters of what there is not are refused, and named", arguments: wrong)
    func wrongLoRA(key: String, value: String, reason: String) async throws {
        let start = try await start()
        let text = try await refusal(start, [("lora", "{}"), (key, value)])
        #expect(text.contains(reason) && !text.contains("\n"), "\(text)")
    }

    private static let lora = [
        ("lora", "{\"rank\": 4, \"targets\": [\"q_proj\", \"v_proj\", \"fc1\"], \"save\": \"both\"}"),
        ("learning_rate", "0.02"),
    ]

    @Test(
        "A LoRA run changes its adapters and modules alone; merged and beside the start they are the same model",
        arguments: [[], ["token_embedding", "visual_projection"]])
    func lora(modules: [String]) async throws {
        let start = try await start()
        let changes = Self.lora + [("lora.modules_to_save", "\(modules)"), ("learning_rate", "0.005")]
        let outcome = try await TrainingRun(configuration(start, changes, steps: 12)).train { _ in }
        #expect(outcome.saved == [outcome.folder.model, outcome.folder.adapter])
        let metrics = try outcome.folder.readMetrics()
        #expect(try #require(metrics.last).loss < #require(metrics.first).loss)
        #expect(Set(metrics.map(\.logitScale)).count == 1)
        let (before, after) = try (
            tensors("\(start)/model.safetensors"), tensors("\(outcome.folder.model)/model.safetensors")
        )
        for (name, values) in before {
            let changed = (["q_proj", "v_proj", "fc1"] + modules).map { "\($0).weight" }
            #expect((after[name] == values) != changed.contains { name.hasSuffix($0) }, "\(name)")
        }
        var options = ModelFolder.Options()
        options.adapter = outcome.folder.adapter
        let (merged, beside) = try (
            ModelFolder(opening: outcome.folder.model).model(), ModelFolder(opening: start, options: options).model()
        )
        for (one, other) in zip(merged.parameters, beside.parameters) {
            #expect(try one.tensor.elements(as: Float.self) == other.tensor.elements(as: Float.self), "\(one.name)")
        }
        let newest = try CheckpointSeries(outcome.folder.checkpoints).newest()
        let checkpoint = try #require(newest)
        let kept = try Safetensors(opening: "\(checkpoint)/model.safetensors").names
        let factors = kept.filter { $0.hasSuffix(".lora_A") || $0.hasSuffix(".lora_B") }
        #expect(factors.count == 18 && kept.count == 18 + modules.count)
    }

    @Test("A LoRA run goes on to the bit, from the start that it began with and no other")
    func resumingLoRA() async throws {
        let start = try await start()
        let changes = Self.lora + [("lora.modules_to_save", "[\"position_embedding\"]")]
        _ = try await TrainingRun(configuration(start, changes, output: "whole")).train { _ in }
        let parts = try configuration(start, changes, output: "parts")
        let task = Task {
            try await TrainingRun(parts).train { progress in
                if progress.metrics.step == 4 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let resumed = try await TrainingRun(parts).train(isResuming: true) { _ in }
        #expect(
            try tensors("\(resumed.folder.adapter)/adapter_model.safetensors")
                == tensors(folder.path("whole/adapter/adapter_model.safetensors")))
        #expect(
            try tensors("\(resumed.folder.model)/model.safetensors")
                == tensors(folder.path("whole/model/model.safetensors")))
        var bytes = try contents(ofFile: "\(start)/model.safetensors")
        bytes[bytes.count - 1] ^= 1
        try Data(bytes).write(to: URL(filePath: "\(start)/model.safetensors"))
        let error = await #expect(throws: TrainingError.self) {
            try await TrainingRun(parts).train(isResuming: true) { _ in }
        }
        #expect(error?.description.hasSuffix("found other weights there") == true)
    }

    @Test("A run goes on from an adapter")
    func fromAdapter() async throws {
        let start = try await start()
        let modules = [("lora.modules_to_save", "[\"patch_embedding\"]")]
        let first = try await TrainingRun(configuration(start, Self.lora + modules, output: "first")).train { _ in }
        let changes = [
            ("lora", "{\"from\": \"\(first.folder.adapter)\", \"save\": \"adapter\"}"), ("learning_rate", "1e-12"),
        ]
        let second = try await TrainingRun(configuration(start, changes, output: "second", steps: 1)).train { _ in }
        #expect(second.saved == [second.folder.adapter])
        let (one, other) = try (
            tensors("\(first.folder.adapter)/adapter_model.safetensors"),
            tensors("\(second.folder.adapter)/adapter_model.safetensors")
        )
        #expect(Set(one.keys) == Set(other.keys))
        for (name, values) in one {
            #expect(zip(values, other[name] ?? []).allSatisfy { abs($0 - $1) < 1e-9 }, "\(name)")
        }
        let text = try await refusal(start, changes + [("lora.rank", "4")])
        #expect(text.hasPrefix("lora.from: expected no rank"))
    }

    @Test("A classifier learns the classes of a column, and begins as the model classifies", arguments: [true, false])
    func head(isZeroShot: Bool) async throws {
        let start = try await start()
        let rows = try String(contentsOfFile: table.table, encoding: .utf8).split(separator: "\n")
        let classed = rows.enumerated().map { "\($1)\t\($0 == 0 ? "colour" : ColourTable.colours[$0 - 1].name)" }
        try folder.write(classed.joined(separator: "\n").utf8, as: "train.tsv")
        let begin = isZeroShot ? #""start": "zero_shot", "templates": ["a {} square"]"# : #""start": "random""#
        let head = "{\"class_column\": \"colour\", \(begin)}"
        let changes = [("head", head), ("lock.image", "{}"), ("learning_rate", "0.05")]
        let outcome = try await TrainingRun(configuration(start, changes, steps: 25)).train { _ in }
        let metrics = try outcome.folder.readMetrics()
        let (first, last) = try (#require(metrics.first).loss, #require(metrics.last).loss)
        // The logarithm of the number of classes is what guessing costs.
        #expect(last < 0.8 * first && (isZeroShot ? first < 1.9 : abs(first - log(8)) < 0.3), "\(first) \(last)")
        let saved = try ClassificationHead(opening: outcome.folder.head)
        #expect(saved.labels == ColourTable.colours.map(\.name).sorted() && saved.width == 32)
        #expect(outcome.saved == [outcome.folder.model, outcome.folder.head])
        #expect(
            try tensors("\(start)/model.safetensors") == tensors("\(outcome.folder.model)/model.safetensors"))
    }

    @Test("A classifier beside an adapter of the text tower is refused, and named")
    func headBesideTextAdapter() async throws {
        let start = try await start()
        let adapter = try await TrainingRun(configuration(start, Self.lora, output: "first")).train { _ in }
        let changes = [
            ("head", "{\"class_column\": \"title\"}"), ("lora", "{\"from\": \"\(adapter.folder.adapter)\"}"),
        ]
        let text = try await refusal(start, changes)
        #expect(text.hasPrefix("lora.from: expected adapters of the image tower alone beside head"), "\(text)")
        #expect(text.hasSuffix("found one of transformer.resblocks.0.attn.q_proj") && !text.contains("\n"), "\(text)")
    }

    @Test("The best model of a classifier's run has its classifier beside it, which the report measures by its classes")
    func bestHead() async throws {
        let start = try await start()
        let changes = [
            ("head", "{\"class_column\": \"title\"}"),
            ("validation", "{\"data\": {\"table\": \"\(table.table)\"}, \"every\": 2}"),
        ]
        let run = try await TrainingRun(configuration(start, changes)).train { _ in }.folder
        let best = try ClassificationHead(opening: run.best)
        #expect(best.labels.count == 8 && best.width == 32)
        #expect(try ModelFolder(opening: run.best).model().parameters.count > 10)
        let page = try String(contentsOfFile: run.report, encoding: .utf8)
        #expect(page.contains("guessing gives 2.08"))
        try run.writeReport()
        #expect(try String(contentsOfFile: run.report, encoding: .utf8) == page)
    }

    @Test("What a replaced run of another kind saved is gone when the new one ends")
    func replacedKinds() async throws {
        let start = try await start()
        let head = [("head", "{\"class_column\": \"title\"}"), ("steps", "1")]
        let adapter = [("lora", "{\"save\": \"adapter\"}"), ("steps", "1")]
        let plain = [("steps", "1")]
        let results = ["model", "adapter", "head", "best"]
        for (changes, expected) in [(head, ["model", "head"]), (adapter, ["adapter"]), (plain, ["model"])] {
            let run = try await TrainingRun(configuration(start, changes)).train(replacesOldRun: true) { _ in }.folder
            let found = results.filter { FileManager.default.fileExists(atPath: "\(run.path)/\($0)") }
            #expect(found == expected)
        }
    }

    @Test("Histograms are of what training changes: the factors of adapters, and no weight that stays")
    func histograms() async throws {
        let start = try await start()
        let run = try await TrainingRun(configuration(start, Self.lora)).train { _ in }.folder
        let events = EventFile.files(in: run.events).map { "\(run.events)/\($0)" }
        let bytes = try events.flatMap { try contents(ofFile: $0) }
        let text = String(decoding: bytes, as: UTF8.self)
        for kind in ["parameters", "gradients"] {
            #expect(text.contains("\(kind)/visual.transformer.resblocks.0.attn.q_proj.lora_A"), "\(kind)")
            #expect(!text.contains("\(kind)/visual.proj"), "\(kind)")
        }
    }

    @Test("Averages stand in the parameters' place only while they are looked at, without a validation too")
    func averages() async throws {
        let start = try await start()
        let average = [("average_decay", "0.5"), ("steps", "6")]
        let seen = try await TrainingRun(configuration(start, average + [("checkpoint_every", "1")], output: "seen"))
            .train { _ in }
        let unseen = try await TrainingRun(
            configuration(start, average + [("checkpoint_every", "0")], output: "unseen")
        ).train { _ in }
        #expect(try seen.folder.readMetrics().map(\.loss) == unseen.folder.readMetrics().map(\.loss))
        #expect(
            try tensors("\(seen.folder.model)/model.safetensors")
                == tensors("\(unseen.folder.model)/model.safetensors"))
    }

    @Test(
        "A classifier without classes, or beside what it does not see, is refused",
        arguments: [
            ("head", "{\"class_column\": \"size\"}", "expected the columns filepath and size"),
            ("head", "{\"class_column\": \"title\", \"templates\": [\"a\"]}", "head.templates: expected {}"),
            ("head", "{}", "expected the key head.class_column"),
            (
                "head", #"{"class_column": "title", "start": "random", "templates": ["a {}"]}"#,
                "head.templates: expected none beside a random start"
            ),
            ("data.caption_column", "\"title\"", "head: expected no data.caption_column"),
            ("lora", "{}", "head: expected lora.towers to be [image]"),
            ("lock.text", "{}", "head: expected no lock.text"),
            ("data.lowercase", "true", "head: expected no data.captions"),
            ("distillation", "{\"teacher\": \"/no/such\"}", "head: expected no distillation"),
            ("loss", "\"sigmoid\"", "head: expected no loss"),
            ("equal_images_match", "true", "head: expected no equal_images_match"),
            ("distinct_captions", "true", "head: expected no distinct_captions"),
        ])
    func wrongHead(key: String, value: String, reason: String) async throws {
        let start = try await start()
        let text = try await refusal(start, [("head", "{\"class_column\": \"title\"}"), (key, value)])
        #expect(text.contains(reason) && !text.contains("\n"), "\(text)")
    }
}
