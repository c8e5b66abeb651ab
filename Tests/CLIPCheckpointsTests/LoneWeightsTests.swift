import CLIPCheckpoints
import CLIPFiles
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

@Suite("Weights without a description")
struct LoneWeightsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The weights of a model under open_clip's names, in a file of their own, with other tensors beside them.
    private func weights(_ extra: [String: Tensor] = [:], width: Int = 64) throws -> String {
        let configuration = CLIPConfiguration(
            embeddingWidth: 40,
            vision: .transformer(.init(imageSize: 32, patchSize: 8, width: width, layers: 2)),
            text: .init(contextLength: 16, vocabularySize: 100, width: 64, heads: 1, layers: 3), activation: .quickGELU)
        let model = try CLIPModel(configuration, parameters: FreshParameters(seed: 1))
        var tensors = extra
        for parameter in model.parameters { tensors[parameter.name] = parameter.tensor }
        let path = folder.path("weights.safetensors")
        try Safetensors.write(tensors, to: path)
        return path
    }

    private static func marks() throws -> [String: Tensor] {
        let values: [(String, Int64)] = [("input_resolution", 32), ("context_length", 16), ("vocab_size", 100)]
        return try Dictionary(uniqueKeysWithValues: values.map { ($0.0, try Tensor([$0.1], shape: [])) })
    }

    @Test("With OpenAI's marks the shapes tell the architecture, and the activation is OpenAI's")
    func openAI() throws {
        let opened = try ModelFolder(opening: weights(Self.marks()))
        #expect(opened.layout == .weights && opened.configuration.activation == .quickGELU)
        #expect(opened.configuration.vision.imageSize == 32 && opened.configuration.text.layers == 3)
        #expect(opened.configuration.embeddingWidth == 40 && opened.configuration.text.contextLength == 16)
        #expect(try opened.model().embedTexts(Tensor([1, 99] as [Int32], shape: [1, 2])).shape == [1, 40])
    }

    @Test("Without them nothing says the activation, and the weights are refused with what would say it")
    func unknownActivation() throws {
        let error = #expect(throws: FileError.self) { try ModelFolder(opening: weights()) }
        #expect(error?.description.contains("the shapes do not say which activation") == true)
        #expect(error?.description.contains("--architecture") == true)
    }

    @Test("An architecture that does not fit, or has no name, is refused with both shapes or all names")
    func wrongArchitecture() throws {
        var options = ModelFolder.Options()
        options.architecture = "ViT-B-32"
        let path = try weights()
        let misfit = #expect(throws: FileError.self) { try ModelFolder(opening: path, options: options) }
        #expect(misfit?.description.contains("found [") == true)
        options.architecture = "ViT-Z"
        let nameless = #expect(throws: FileError.self) { try ModelFolder(opening: path, options: options) }
        #expect(nameless?.description.contains("ViT-bigG-14") == true)
    }

    @Test("A trainer's parameters say the architecture; what they change besides is refused")
    func parameters() throws {
        let path = try weights()
        func write(_ text: String) throws {
            try text.write(toFile: folder.path("params.txt"), atomically: true, encoding: .utf8)
        }
        try write("model: ViT-Z\n")
        let named = #expect(throws: FileError.self) { try ModelFolder(opening: path) }
        #expect(named?.description.contains("found \"ViT-Z\" in") == true)
        try write("lr: 0.1\n")
        let missing = #expect(throws: FileError.self) { try ModelFolder(opening: path) }
        #expect(missing?.description.contains("expected a line \"model: NAME\"") == true)
        try write("model: ViT-B-32\nimage_mean: [0.5, 0.5, 0.5]\n")
        let changed = #expect(throws: FileError.self) { try ModelFolder(opening: path) }
        #expect(changed?.description.contains("expected no image_mean") == true)
    }

    @Test("Tensors that are not CLIP's are refused as such")
    func others() throws {
        let path = folder.path("other.safetensors")
        try Safetensors.write(["a": Tensor.zeros([2])], to: path)
        let error = #expect(throws: FileError.self) { try ModelFolder(opening: path) }
        #expect(error?.description.contains("tensors that are not CLIP's") == true)
    }
}
