import CLIPImaging
import CLIPModels
import CLIPTraining
import Testing

@Suite("A run's configuration")
struct TrainingConfigurationTests {
    @Test("What is left out has its default, nested values too")
    func defaults() throws {
        let read = try TrainingConfiguration(
            json: #"{"model": "ViT-B/32", "steps": 7, "optimiser": {"kind": "muon"}}"#, origin: "run.yaml")
        #expect(read.steps == 7 && read.batchSize == 256 && read.optimiser.beta2 == 0.98)
        #expect(read.optimiser.kind == .muon && read.model == .preset("ViT-B/32"))
        #expect(read.augmentation?.scale == 0.9...1)
    }

    @Test("Emoji scenes need their stages alone, and the positions of patches have a name")
    func emojiDefaults() throws {
        let read = try TrainingConfiguration(
            json: """
                {"image_positions": "plane_waves",
                 "data": {"emoji": {"stages": [{"until": 1, "single_kind": 0.5, "twins": 1}]}}}
                """, origin: "run.yaml")
        #expect(read.data.emoji?.epochPairs == 4096 && read.imagePositions == .planeWaves)
    }

    @Test("Sources of a mixture have their defaults, and read back as they were")
    func mixture() throws {
        let read = try TrainingConfiguration(
            json: """
                {"data": {"mixture": [{"shards": "a/{0..9}.tar", "weight": 2.5}, {"jsonl": "b.jsonl", "image_column": "path"}]}}
                """, origin: "run.yaml")
        let parts = try #require(read.data.mixture)
        #expect(parts.map(\.weight) == [2.5, 1] && parts[0].source.shards == "a/{0..9}.tar")
        #expect(parts[1].source.jsonl == "b.jsonl" && parts[1].source.imageColumn == "path")
        #expect(try TrainingConfiguration(json: read.jsonText, origin: "configuration.json") == read)
        for text in [#"{"weigth": 1}"#, #"{"coco": 1}"#, #"{"weight": "two"}"#] {
            #expect(throws: TrainingError.self) {
                try TrainingConfiguration(json: #"{"data": {"mixture": [\#(text)]}}"#, origin: "run.yaml")
            }
        }
    }

    @Test("The text of a configuration reads as the same one, with augmentation and without", arguments: [true, false])
    func roundTrip(isAugmented: Bool) throws {
        var configuration = TrainingConfiguration()
        configuration.model = .preset("ViT-B/32")
        configuration.steps = 3
        if !isAugmented { configuration.augmentation = nil }
        #expect(try TrainingConfiguration(json: configuration.jsonText, origin: "configuration.json") == configuration)
    }

    @Test("An architecture is given in open_clip's words")
    func architecture() throws {
        let read = try TrainingConfiguration(
            json: """
                {"model": {"embed_dim": 64, "vision_cfg": {"image_size": 64, "layers": 2, "width": 128, "patch_size": 16},
                 "text_cfg": {"context_length": 16, "vocab_size": 600, "width": 64, "heads": 2, "layers": 2}}}
                """, origin: "run.yaml")
        guard case .custom(let architecture)? = read.model else {
            Issue.record("expected an architecture")
            return
        }
        #expect(architecture.text.heads == 2 && architecture.vision.imageSize == 64)
    }

    @Test(
        "A key that means nothing is refused by its path",
        arguments: [
            (#"{"batchsize": 4}"#, "batchsize"), (#"{"optimiser": {"lr": 1}}"#, "optimiser.lr"),
            (#"{"data": {"captions": [{"text": "a", "wieght": 2}]}}"#, "wieght"),
        ])
    func unknownKeys(text: String, key: String) {
        let error = #expect(throws: TrainingError.self) { try TrainingConfiguration(json: text, origin: "run.yaml") }
        #expect(error?.description.hasPrefix("run.yaml: ") == true)
        #expect(error?.description.contains(key) == true)
    }

    @Test(
        "What is wrong is told with its line, and unknown keys with those that are known",
        arguments: [
            (
                #"{"optimiser": {"kinds": 1}}"#,
                "run.yaml:7: optimiser.kinds: unknown key; known: beta1, beta2, epsilon, gradient_norm_limit, kind, "
                    + "layer_decay, weight_decay"
            ),
            (#"{"tokenizer": {"form": 1}}"#, "run.yaml:4: tokenizer.form: unknown key; known: from, learn"),
            (
                #"{"lock": {"image": {"x": 1}}}"#,
                "run.yaml: lock.image.x: unknown key; known: freeze_bn_stats, unlocked_groups"
            ),
            (
                #"{"data": {"mixture": [{"coco": "a"}, {"coco": "b", "weight": "2"}]}}"#,
                "run.yaml:9: data.mixture[1].weight: expected a number, found a string"
            ),
            (#"{"steps": 1.5}"#, "run.yaml:12: steps: expected a number that fits this key, found 1.5"),
            (#"{"head": {"start": "random"}}"#, "run.yaml:20: expected the key head.class_column"),
            (#"{"steps": "9"}"#, "run.yaml:12: steps: expected an integer, found a string"),
            (
                #"{"optimiser": {"kind": "sgd"}}"#,
                "run.yaml:6: optimiser.kind: expected one of adamw, muon, found \"sgd\""
            ),
            (#"{"precision": "fp16"}"#, "run.yaml: precision: expected one of fp32, bf16, found \"fp16\""),
            (
                #"{"augmentation": {"ratio": [2, 1]}}"#,
                "run.yaml: augmentation.ratio: expected two numbers from 0.001 to 1000.0, the first not above the second, "
                    + "found [2.0, 1.0]"
            ),
            (
                #"{"augmentation": {"flip_probability": 2}}"#,
                "run.yaml: augmentation.flip_probability: expected a number from 0 to 1.0, found 2.0"
            ),
            (#"{"output": 9}"#, "run.yaml: output: expected a text, found an integer"),
        ])
    func lines(text: String, expected: String) {
        let lines = [
            "optimiser": 6, "optimiser.kinds": 7, "tokenizer": 4, "data.mixture[1].weight": 9, "data": 8, "steps": 12,
            "head": 20,
        ]
        let error = #expect(throws: TrainingError.self) {
            try TrainingConfiguration(json: text, origin: "run.yaml", lines: lines)
        }
        #expect(error?.description == expected)
    }

    @Test("A key that was set is not looked for in the file")
    func setKeys() {
        let error = #expect(throws: TrainingError.self) {
            try TrainingConfiguration(
                json: #"{"optimiser": {"kind": "muon"}}"#, origin: "run.yaml", lines: ["optimiser": 1],
                overrides: [("optimiser.kinds", "1")])
        }
        #expect(error?.description.hasPrefix("--set: optimiser.kinds: unknown key; known: beta1") == true)
        let outer = #expect(throws: TrainingError.self) {
            try TrainingConfiguration(json: "{}", origin: "run.yaml", overrides: [("optimizer.kind", "1")])
        }
        #expect(outer?.description.hasPrefix("--set: optimizer: unknown key; known: ") == true)
    }

    @Test("A value of the wrong kind is named with its place")
    func wrongKind() {
        let error = #expect(throws: TrainingError.self) {
            try TrainingConfiguration(json: #"{"optimiser": {"beta1": "high"}}"#, origin: "run.yaml")
        }
        #expect(error?.description == "run.yaml: optimiser.beta1: expected a number, found a string")
        #expect(throws: TrainingError.self) { try TrainingConfiguration(json: "[1]", origin: "run.yaml") }
        #expect(throws: TrainingError.self) { try TrainingConfiguration(json: "{", origin: "run.yaml") }
    }

    @Test(
        "A number that does not fit its key is named with it",
        arguments: [
            ("seed", "-1"), ("steps", "1.5"), ("batch_size", "1e30"), ("image.mean", "[0, 1e300, 0]"),
            ("seed", "36893488147419103232"),
        ])
    func misfits(key: String, value: String) {
        let error = #expect(throws: TrainingError.self) {
            try TrainingConfiguration(
                json: #"{"warmup_steps": 7}"#, origin: "run.yaml", overrides: [("steps", "9"), (key, value)])
        }
        #expect(error?.description.hasPrefix("--set: \(key)") == true)
        #expect(error?.description.contains("expected a number that fits") == true)
    }

    @Test("Every seed of 64 bits is read, and written as it was")
    func largestSeed() throws {
        let read = try TrainingConfiguration(json: #"{"seed": 18446744073709551615}"#, origin: "run.yaml")
        #expect(read.seed == .max)
        #expect(try TrainingConfiguration(json: read.jsonText, origin: "configuration.json") == read)
    }

    @Test("A key of more parts than any has is refused")
    func deepKey() {
        let key = Array(repeating: "a", count: 30_000).joined(separator: ".")
        let error = #expect(throws: TrainingError.self) {
            try TrainingConfiguration(json: "{}", origin: "run.yaml", overrides: [(key, "1")])
        }
        #expect(error?.description.contains("found 30000") == true && (error?.description.count ?? 0) < 300)
    }

    @Test("Overrides replace single values, and what is written out reads back the same")
    func overrides() throws {
        let read = try TrainingConfiguration(
            json: #"{"seed": 1, "optimiser": {"kind": "muon"}}"#, origin: "run.yaml",
            overrides: [("optimiser.beta2", "0.95"), ("data.table", #""a.tsv""#), ("seed", "9")])
        #expect(read.optimiser.kind == .muon && read.optimiser.beta2 == 0.95 && read.data.table == "a.tsv")
        #expect(read.seed == 9)
        #expect(try TrainingConfiguration(json: read.jsonText, origin: "configuration.json") == read)
    }
}
