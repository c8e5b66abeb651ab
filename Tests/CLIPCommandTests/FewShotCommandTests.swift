import CLIP
import CLIPSmallModel
import CLIPTestSupport
import Foundation
import Testing

/// `--adapter` with a few-shot adapter.
struct FewShotCommandTests {
    private let folder: TemporaryFolder
    private let model: SmallModelFolder
    private let image: String

    init() throws {
        (folder, model) = (try TemporaryFolder(), try SmallModelFolder())
        let samples = try SampleImages()
        image = folder.path("image.png")
        try FileManager.default.copyItem(atPath: samples.image(0), toPath: image)
    }

    /// Writes an adapter for embeddings of a width, and returns its folder.
    private func adapter(width: Int = SmallModelFolder.width) throws -> String {
        let weights = (0..<3 * width).map { Float($0 % 7) - 3 }
        let adapter = FewShotAdapter(
            labels: ["cat", "dog", "cow"],
            form: .linear(.init(weights: Embeddings(width: width, values: weights), biases: [0, 1, 0])),
            method: "LP++", shots: 4)
        let path = folder.path("adapter")
        try adapter.write(to: path)
        return path
    }

    @Test("classify with a few-shot adapter gives what the adapter gives for the image's embedding")
    func classify() async throws {
        let path = try adapter()
        let result = try Tool.run(["classify", "--model", model.path, image, "--adapter", path, "--json"])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let clip = try await CLIPEncoder(model: model.path)
        let expected = try await FewShotAdapter(opening: path).classify(clip.embed(images: [.file(image)]))[0]
        let object = try #require(result.json([[String: Any]].self).first)
        let labels = try #require(object["labels"] as? [[String: Any]])
        #expect(labels.map { $0["label"] as? String } == expected.entries.map(\.label))
        for (label, entry) in zip(labels, expected.entries) {
            #expect(abs((label["probability"] as? Double ?? 0) - Double(entry.probability)) < 1e-5)
        }
    }

    @Test(
        "labels, sentences or a head beside a few-shot adapter are refused",
        arguments: [["--labels", "a,b"], ["--labels-from", "f"], ["--head", "h"], ["--template", "a {}"]])
    func beside(arguments: [String]) throws {
        let result = try Tool.run(
            ["classify", "--model", model.path, image, "--adapter", adapter()] + arguments)
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.contains("\(arguments[0]): expected none beside the few-shot adapter"))
    }

    @Test("an adapter of another width is refused by name")
    func width() throws {
        let path = try adapter(width: 8)
        let result = try Tool.run(["classify", "--model", model.path, image, "--adapter", path])
        #expect(result.status == 65 && result.errorLines.count == 1)
        #expect(
            result.errors.hasPrefix(
                "clip: \(path): expected an adapter of embeddings of 40 numbers as the model gives, found 8"))
    }

    @Test(
        "other commands refuse a few-shot adapter and say who takes it",
        arguments: [
            ["embed", "--texts", "a", "--output", "x.npy"], ["tokenize", "a"],
            ["preprocess", "IMAGE", "--output", "x.npy"],
        ])
    func others(arguments: [String]) throws {
        let path = try adapter()
        let words = arguments.dropFirst().map { $0 == "IMAGE" ? image : $0 }
        let result = try Tool.run([arguments[0], "--model", model.path, "--adapter", path] + words)
        #expect(result.status == 65 && result.output.isEmpty && result.errorLines.count == 1)
        #expect(result.errors.contains("found a few-shot adapter, which only clip classify takes"))
    }

    @Test("convert, inspect and verify refuse a few-shot adapter too")
    func conversion() throws {
        let path = try adapter()
        for arguments in [
            ["convert", model.path, "--to", "hf", "--output", folder.path("out")], ["inspect", model.path],
            ["verify", model.path],
        ] {
            let result = try Tool.run(arguments + ["--adapter", path])
            #expect(result.status == 65 && result.errors.contains("which only clip classify takes"))
        }
    }

    @Test("without a few-shot adapter labels are asked for, beside a LoRA adapter too")
    func labels() throws {
        let result = try Tool.run(["classify", "--model", model.path, image, "--adapter", folder.path("none")])
        #expect(result.status == 64 && result.errors.contains("--labels, --labels-from, --head and --calibration"))
    }
}
