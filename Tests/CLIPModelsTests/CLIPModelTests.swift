import CLIPModels
import CLIPTensor
import Testing

/// Tensors without memory of their own: one zero, seen in every shape. For counting.
struct EmptyParameters: ParameterSource {
    func tensor(_ name: String, shape: [Int], initialisation: Initialisation) throws -> Tensor {
        try Tensor.zeros([1]).expanded(shape.isEmpty ? [1] : shape)
    }
}

@Suite("The model")
struct CLIPModelTests {
    static let small = CLIPConfiguration(
        embeddingWidth: 32,
        vision: .transformer(.init(imageSize: 32, patchSize: 8, width: 64, layers: 2, headWidth: 32)),
        text: .init(contextLength: 16, vocabularySize: 100, width: 48, heads: 2, layers: 2))

    static let smallResNet = CLIPConfiguration(
        embeddingWidth: 32, vision: .resNet(.init(imageSize: 64, layers: [1, 2, 1, 1], width: 8)),
        text: .init(contextLength: 16, vocabularySize: 100, width: 48, heads: 2, layers: 2), activation: .quickGELU)

    @Test(
        "Published models have the published number of parameters",
        arguments: [
            ("ViT-B/32", 151_277_313), ("RN50", 102_007_137), ("ViT-L/14", 427_616_513), ("ViT-B/16", 149_620_737),
        ])
    func parameterCounts(name: String, expected: Int) throws {
        let configuration = try #require(CLIPConfiguration.preset(name))
        let model = try CLIPModel(configuration, parameters: EmptyParameters())
        #expect(model.parameters.reduce(0) { $0 + $1.tensor.count } == expected)
    }

    @Test("Embeddings have length 1 and logits carry the temperature", arguments: [small, smallResNet])
    func embeddings(configuration: CLIPConfiguration) throws {
        let model = try CLIPModel(configuration, parameters: FreshParameters(seed: 1))
        let size = configuration.vision.imageSize
        try withoutGradients {
            let images = try model.embedImages(Tensor.normal([3, 3, size, size], using: RandomGenerator(seed: 8)))
            let texts = try model.embedTexts(Tensor([98, 5, 99, 0, 98, 7, 8, 99] as [Int32], shape: [2, 4]))
            #expect(images.shape == [3, 32] && texts.shape == [2, 32])
            for norm in try images.norm(-1).elements(as: Float.self) { #expect(abs(norm - 1) < 1e-5) }
            let cosine = try images.matrixProduct(texts.transposed()).elements(as: Float.self)
            let logits = try model.logits(images: images, texts: texts).elements(as: Float.self)
            for (cosine, logit) in zip(cosine, logits) { #expect(abs(logit - cosine / 0.07) < 1e-4) }
        }
    }

    @Test("What follows the end of a text changes nothing, and neither does its padding")
    func causality() throws {
        let model = try CLIPModel(Self.small, parameters: FreshParameters(seed: 2))
        let short = try Tensor([98, 5, 6, 99] as [Int32], shape: [1, 4])
        let padded = try Tensor([98, 5, 6, 99, 0, 0, 7, 0] as [Int32], shape: [1, 8])
        let (a, b) = try (model.embedTexts(short), model.embedTexts(padded))
        #expect(try (a - b).absolute().maximum().scalar() < 1e-6)
    }

    @Test("The feature is read at the first end-of-text token where the configuration names it")
    func endOfText() throws {
        var configuration = Self.small
        configuration.text.pooling = .token(3)
        let model = try CLIPModel(configuration, parameters: FreshParameters(seed: 3))
        let one = try model.embedTexts(Tensor([98, 5, 3] as [Int32], shape: [1, 3]))
        let two = try model.embedTexts(Tensor([98, 5, 3, 99, 3] as [Int32], shape: [1, 5]))
        #expect(try (one - two).absolute().maximum().scalar() < 1e-6)
    }

    @Test("Every layer's result can be asked for by name")
    func trace() throws {
        let model = try CLIPModel(Self.small, parameters: FreshParameters(seed: 7))
        let trace = Trace()
        _ = try model.embedImages(Tensor.zeros([1, 3, 32, 32]), Pass(trace: trace))
        _ = try model.embedTexts(Tensor([98, 99] as [Int32], shape: [1, 2]), Pass(trace: trace))
        #expect(trace["visual.transformer.resblocks.1.attn"]?.shape == [1, 17, 64])
        #expect(trace["visual.ln_post"]?.shape == [1, 64])
        #expect(trace["transformer.resblocks.0"]?.shape == [1, 2, 48])
    }

    @Test("Initialisation follows the paper, and a seed repeats it")
    func initialisation() throws {
        let model = try CLIPModel(Self.small, parameters: FreshParameters(seed: 4))
        let again = try CLIPModel(Self.small, parameters: FreshParameters(seed: 4))
        for (a, b) in zip(model.parameters, again.parameters) {
            #expect(try (a.tensor - b.tensor).absolute().maximum().scalar() == 0, "\(a.name)")
        }
        let byName = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.tensor) })
        func deviation(_ name: String) throws -> Double {
            let tensor = try #require(byName[name])
            return try (tensor * tensor).mean().squareRoot().scalar()
        }
        #expect(abs(try deviation("token_embedding.weight") - 0.02) < 0.001)
        #expect(abs(try deviation("transformer.resblocks.0.attn.in_proj_weight") - 0.1443) < 0.005)
        #expect(abs(try deviation("transformer.resblocks.1.mlp.c_proj.weight") - 0.0722) < 0.003)
        #expect(abs(try deviation("visual.conv1.weight") - 0.0417) < 0.002)
        #expect(abs(try byName["logit_scale"]!.scalar() - 2.6593) < 1e-3)
    }

    @Test("A tensor that is missing or has another shape is refused by name")
    func wrongTensors() throws {
        let missing = LoadedParameters(origin: "model.safetensors") { _ in nil }
        let first = #expect(throws: ConfigurationError.self) { try CLIPModel(Self.small, parameters: missing) }
        #expect(first?.description.contains("model.safetensors: expected a tensor visual.") == true)
        let misshapen = LoadedParameters(origin: "model.safetensors") { _ in try Tensor.zeros([7]) }
        let second = #expect(throws: ConfigurationError.self) { try CLIPModel(Self.small, parameters: misshapen) }
        #expect(second?.description.contains("found [7]") == true)
    }
}
