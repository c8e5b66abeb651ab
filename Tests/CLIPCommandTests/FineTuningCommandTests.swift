import CLIP
import CLIPCheckpoints
import CLIPModels
import CLIPSmallModel
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

/// What is done with fine-tuned models on the command line: averages, adapters, heads.
struct FineTuningCommandTests {
    private let folder: TemporaryFolder
    private let start: SmallModelFolder
    private let tuned: SmallModelFolder
    private let samples: SampleImages

    init() throws {
        folder = try TemporaryFolder()
        (start, tuned) = (try SmallModelFolder(seed: 1), try SmallModelFolder(seed: 2))
        samples = try SampleImages()
    }

    private func validation() throws -> String {
        let rows = try (0..<4).map {
            "\(try samples.image($0))\ta photo of a \($0 % 2 == 0 ? "cat" : "dog")\t\($0 % 2)\n"
        }
        return try folder.write("filepath\ttitle\tkind\n\(rows.joined())".utf8, as: "val.tsv")
    }

    private func weights(_ path: String) throws -> [String: [Float]] {
        let file = try Safetensors(opening: "\(path)/model.safetensors")
        return try Dictionary(
            uniqueKeysWithValues: file.names.map { ($0, try file.tensor($0).elements(as: Float.self)) })
    }

    @Test("average writes the mean of two models, whose ends are the models themselves")
    func shares() throws {
        let (first, second) = try (weights(start.path), weights(tuned.path))
        for (alpha, expected) in [("0", first), ("1", second)] {
            let output = folder.path("model-\(alpha)")
            let result = try Tool.run(["average", start.path, tuned.path, "--alpha", alpha, "--output", output])
            #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
            #expect(try weights(output) == expected)
        }
        let output = folder.path("quarter")
        try Tool.run(["average", start.path, tuned.path, "--alpha", "0.25", "--output", output])
        for (name, values) in try weights(output) {
            let (one, other) = (try #require(first[name]), try #require(second[name]))
            for index in values.indices {
                #expect(abs(values[index] - (0.75 * one[index] + 0.25 * other[index])) < 1e-5)
            }
        }
    }

    @Test("average scores each share on validation and writes the best", arguments: [true, false])
    func sweep(hasClasses: Bool) throws {
        let output = folder.path("best")
        let classes = hasClasses ? ["--class-column", "kind", "--template", "a photo of a {}"] : []
        let result = try Tool.run(
            [
                "average", start.path, tuned.path, "--validation", validation(), "--alphas", "0,0.5,1", "--output",
                output,
            ]
                + ["--json"] + classes)
        #expect(result.status == 0, "\(result.errors)")
        let document = try result.json([String: Any].self)
        let scores = try #require(document["scores"] as? [[String: Double]])
        #expect(scores.map { $0["alpha"] } == [0, 0.5, 1])
        #expect(
            document["measure"] as? String
                == (hasClasses ? "zero-shot accuracy" : "recall at 1, mean of both directions"))
        let best = try #require(document["best"] as? [String: Double])
        #expect(best["score"] == scores.compactMap { $0["score"] }.max())
        #expect(try ModelFolder(opening: output).model().parameters.count > 10)
    }

    @Test(
        "average refuses what cannot be averaged",
        arguments: [
            (["--alpha", "2", "--output", "x"], 64, "--alpha: expected 0 to 1, found 2.0"),
            (["--alpha", "0.5"], 64, "Expected --output"), ([], 64, "Expected either --alpha or --validation"),
            (["--validation", "no.tsv", "--alphas", "0,x"], 64, "--alphas: expected numbers from 0 to 1, found \"x\""),
            (["--validation", "no.tsv"], 66, "no.tsv"),
        ] as [([String], Int32, String)])
    func refusals(arguments: [String], status: Int32, reason: String) throws {
        let result = try Tool.run(["average", start.path, tuned.path] + arguments)
        #expect(result.status == status && result.errors.contains(reason), "\(result.errors)")
    }

    @Test("average refuses a model of another architecture")
    func otherArchitecture() throws {
        let other = try SmallModelFolder(resNet: true)
        let result = try Tool.run(["average", start.path, other.path, "--alpha", "0.5", "--output", folder.path("x")])
        #expect(result.status == 65 && result.errors.contains("expected a model of the architecture of"))
    }

    @Test("embed with an adapter gives the embeddings of the model that convert merged it into")
    func adapter() throws {
        let configuration = try ModelFolder(opening: start.path).configuration
        let layers = AdaptedLayer.all(of: configuration)
        let adapters = try LowRankAdapters.fresh(for: layers, rank: 2, alpha: 4, seed: 1)
        for element in adapters.elements {
            let up = element.factors.up
            try up.copy(from: Tensor.normal(up.shape, deviation: 0.2, using: RandomGenerator(seed: 5)))
        }
        let adapter = folder.path("adapter")
        try AdapterFolder.write(adapters, of: configuration, base: nil, to: adapter)
        let merged = folder.path("merged")
        try Tool.run(["convert", start.path, "--adapter", adapter, "--to", "hf", "--output", merged])
        func embedding(_ arguments: [String]) throws -> [Float] {
            let output = folder.path("texts.npy")
            let result = try Tool.run(["embed"] + arguments + ["--output", output, "--texts", "a green dog"])
            #expect(result.status == 0, "\(result.errors)")
            return try NumpyFile.read(output).elements()
        }
        let beside = try embedding(["--model", start.path, "--adapter", adapter])
        func distance(_ other: [Float]) -> Float { zip(beside, other).map { abs($0 - $1) }.max() ?? .infinity }
        #expect(try distance(embedding(["--model", merged])) < 1e-6)
        #expect(try distance(embedding(["--model", start.path])) > 1e-3)
        let missing = try Tool.run(["convert", start.path, "--adapter", "/no/such", "--to", "hf", "--output", merged])
        #expect(missing.status == 66 && missing.errors.contains("/no/such/adapter_config.json"))
    }

    @Test("classify with a head gives the softmax of its logits, and takes no labels beside it")
    func head() async throws {
        let width = SmallModelFolder.width
        let weights = (0..<2 * width).map { Float($0 % 7) - 3 }
        let path = folder.path("head")
        try ClassificationHead(labels: ["old", "new"], width: width, weights: weights, biases: [0.5, 0]).write(to: path)
        let image = try samples.image(0)
        let result = try Tool.run(["classify", "--model", start.path, image, "--head", path, "--json"])
        let objects = try result.json([[String: Any]].self)
        let labels = try #require(objects.first?["labels"] as? [[String: Any]])
        let row = try await CLIPEncoder(model: start.path).embed(images: [.file(image)])[0]
        let logits = [0, 1].map { label in zip(row, weights[(label * width)...]).reduce(0) { $0 + $1.0 * $1.1 } }
        let old = 1 / (1 + exp(Double(logits[1] - logits[0] - 0.5)))
        let found = labels.first { $0["label"] as? String == "old" }?["probability"] as? Double
        #expect(abs(try #require(found) - old) < 1e-4 && labels.count == 2)
        let both = try Tool.run(["classify", "--model", start.path, image, "--head", path, "--labels", "a"])
        #expect(both.status == 64 && both.errors.contains("one of --labels, --labels-from, --head and --calibration"))
        try ClassificationHead(labels: ["a"], width: 2, weights: [1, 1], biases: [0]).write(to: path)
        let narrow = try Tool.run(["classify", "--model", start.path, image, "--head", path])
        #expect(narrow.status == 65 && narrow.errors.contains("expected a head over embeddings of 40 numbers"))
    }
}
