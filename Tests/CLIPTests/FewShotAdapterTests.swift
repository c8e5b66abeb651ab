import CLIP
import CLIPFiles
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

@Suite("Few-shot adapters")
struct FewShotAdapterTests {
    private let folder: TemporaryFolder
    private static let text = Embeddings(width: 3, values: [0.1, 0.2, 0.3, -0.3, 1 / 3, 0])

    static let adapters = [
        FewShotAdapter(
            labels: ["cat", "dog"],
            form: .linear(.init(weights: text, biases: [0.1, -.leastNonzeroMagnitude])), method: "LP++", shots: 1),
        FewShotAdapter(
            labels: ["cat", "dog"],
            form: .cache(
                .init(
                    text: text, scale: 100 / 3, keys: Embeddings(width: 3, values: [1, 0, 0, 0, 1, 0, 0.6, 0.8, 0]),
                    classes: [0, 1, 1], alpha: 0.1, beta: 5.5)), method: "Tip-Adapter", shots: 2),
        FewShotAdapter(
            labels: ["cat", "dog"],
            form: .residual(
                .init(
                    text: text, scale: 100, down: Embeddings(width: 3, values: [1, 2, 3, 4, 5, 6]),
                    up: Embeddings(width: 2, values: [1, -2, 3, -4, 5, -6]), ratio: 0.2)), method: "CLIP-Adapter",
            shots: 16),
    ]

    init() throws { folder = try TemporaryFolder() }

    @Test("An adapter is read back to the bit, and replaces one alone", arguments: adapters)
    func roundTrip(adapter: FewShotAdapter) throws {
        let path = folder.path("adapter")
        #expect(!FewShotAdapter.isPresent(in: path))
        try adapter.write(to: path)
        try adapter.write(to: path)
        #expect(FewShotAdapter.isPresent(in: path))
        #expect(try FewShotAdapter(opening: path) == adapter)
        #expect(adapter.width == 3)
        try folder.write("photo".utf8, as: "adapter/photo.jpg")
        #expect(throws: FileError.self) { try adapter.write(to: path) }
    }

    @Test("Probabilities are the softmax of the form's logits")
    func probabilities() throws {
        let image = Embeddings(width: 3, values: [0.6, 0.8, 0])
        let pixel: [Double] = [0.6, 0.8, 0]
        func cosines(_ vector: [Double]) -> [Double] {
            Self.text.map { row -> Double in zip(row, vector).reduce(0.0) { $0 + Double($1.0) * $1.1 } }
        }
        func logits(_ index: Int) -> [Double] {
            let text = cosines(pixel)
            switch index {
            case 0: return [text[0] + 0.1, text[1]]
            case 1:
                let keys = [0.6, 0.8, 1].map { (cosine: Double) -> Double in exp(5.5 * cosine - 5.5) }
                let scaled = text.map { (cosine: Double) -> Double in cosine * 100 / 3 }
                return [scaled[0] + 0.1 * keys[0], scaled[1] + 0.1 * (keys[1] + keys[2])]
            default:
                let hidden: [Double] = [2.2, 6.4]
                let added: [Double] = [
                    hidden[0] - 2 * hidden[1], 3 * hidden[0] - 4 * hidden[1], 5 * hidden[0] - 6 * hidden[1],
                ]
                let mixed = zip(added, pixel).map { (new: Double, old: Double) -> Double in
                    0.2 * max(0, new) + 0.8 * old
                }
                let length: Double = mixed.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return cosines(mixed).map { (cosine: Double) -> Double in 100 * cosine / length }
            }
        }
        for (index, adapter) in Self.adapters.enumerated() {
            let powers = logits(index).map { (logit: Double) -> Double in exp(logit) }
            let sum: Double = powers.reduce(0, +)
            for entry in try #require(adapter.classify(image).first).entries {
                let place = entry.label == "cat" ? 0 : 1
                #expect(abs(Double(entry.probability) - powers[place] / sum) < 1e-5)
            }
        }
        #expect(try Self.adapters[0].classify(Embeddings(width: 3)).isEmpty)
    }

    @Test(
        "A description that does not fit is refused in one line that names it",
        arguments: [
            "{}", "[]", "", "{\"form\": \"cache\"}",
            replaced("\"cache\"", "\"forest\""), replaced("\"cache\"", "\"linear\""),
            replaced("\"shots\": 2", "\"shots\": 0"),
            replaced("\"width\": 3", "\"width\": 4"), replaced("\"width\": 3", "\"width\": -3"),
            replaced("\"alpha\": 0.1", "\"alpha\": -1"), replaced("\"alpha\": 0.1", "\"alpha\": 1e300"),
            replaced("\"beta\": 5.5", "\"beta\": \"5.5\""), replaced("\"dog\"", "\"cat\""),
            replaced("\"dog\"", "\"dog\", \"cow\""),
        ])
    func description(text: String) throws {
        let path = folder.path("adapter")
        try Self.adapters[1].write(to: path)
        try folder.write(text.utf8, as: "adapter/few_shot.json")
        let error = #expect(throws: FileError.self) { try FewShotAdapter(opening: path) }
        #expect(error?.description.hasPrefix(path) == true && error?.description.contains("\n") == false)
    }

    /// The description of the cache with one thing changed.
    private static func replaced(_ old: String, _ new: String) -> String {
        """
        {"form": "cache", "logit_scale": 33.3, "alpha": 0.1, "beta": 5.5, "method": "Tip-Adapter", "shots": 2, \
        "width": 3, "labels": ["cat", "dog"]}
        """.replacing(old, with: new)
    }

    @Test("Tensors of another shape or type, or that are no numbers, are refused")
    func tensors() throws {
        let path = folder.path("adapter")
        let good = try (
            text: Tensor.zeros([2, 3]), keys: Tensor.zeros([3, 3]), classes: Tensor([0, 1, 1] as [Int64], shape: [3])
        )
        let wrong: [[String: Tensor]] = [
            [:], ["text": good.text, "keys": good.keys],
            ["text": good.text, "keys": try Tensor.zeros([2, 3]), "classes": good.classes],
            ["text": try Tensor.zeros([3, 2]), "keys": good.keys, "classes": good.classes],
            ["text": try Tensor.full([2, 3], .infinity), "keys": good.keys, "classes": good.classes],
            ["text": good.text, "keys": good.keys, "classes": try Tensor([0, 1, 2] as [Int64], shape: [3])],
            ["text": good.text, "keys": good.keys, "classes": try Tensor([0, -1, 1] as [Int64], shape: [3])],
            ["text": good.text, "keys": good.keys, "classes": try Tensor.zeros([3])],
            [
                "text": good.text, "keys": try Tensor.zeros([0, 3]),
                "classes": try Tensor([] as [Int64], shape: [0]),
            ],
        ]
        for tensors in wrong {
            try Self.adapters[1].write(to: path)
            try Safetensors.write(tensors, to: "\(path)/few_shot.safetensors")
            let error = #expect(throws: FileError.self) { try FewShotAdapter(opening: path) }
            #expect(error?.path.hasSuffix("few_shot.safetensors") == true)
        }
    }

    @Test("A damaged folder is refused in one line, or is a whole adapter", arguments: 0..<3)
    func fuzz(index: Int) throws {
        let path = folder.path("adapter")
        let words = ["\"form\"", "linear", "residual", "1e999", "-1", "null", "[]", "{}", "F32", "I64", "[2,3]"]
        for seed in 0..<FuzzIterations.count(default: 300) {
            try? FileManager.default.removeItem(atPath: path)
            try Self.adapters[index].write(to: path)
            let name = seed.isMultiple(of: 2) ? "few_shot.json" : "few_shot.safetensors"
            var mutation = Mutation(seed: UInt64(seed + 1))
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
            try Data(mutation.mutated(bytes, words: words)).write(to: URL(filePath: "\(path)/\(name)"))
            do {
                let adapter = try FewShotAdapter(opening: path)
                // What is read can be used, whatever numbers it holds.
                _ = try adapter.classify(
                    Embeddings(width: adapter.width, values: [Float](repeating: 0.5, count: adapter.width)))
            } catch let error as FileError {
                #expect(error.path.hasPrefix(path) && !error.description.contains("\n"))
            }
        }
    }
}
