import CLIPModels
import CLIPTensor
import Testing

@Suite("Low-rank adapters")
struct LowRankAdaptersTests {
    private static let sigLIP = CLIPConfiguration(
        embeddingWidth: 48,
        vision: .sigLIP(
            .init(
                imageSize: 32, patchSize: 8, width: 48, layers: 2, heads: 2, mlpRatio: 2, normEpsilon: 1e-6,
                activation: .geluTanh)),
        text: .init(contextLength: 16, vocabularySize: 100, width: 48, heads: 2, layers: 2), initialLogitBias: -10)

    /// A model with adapters that change it.
    private static func adapted(
        _ configuration: CLIPConfiguration, _ projections: [AdaptedProjection] = AdaptedProjection.allCases,
        towers: [Tower] = Tower.allCases
    ) throws -> CLIPModel {
        let layers = AdaptedLayer.all(of: configuration).filter {
            projections.contains($0.projection) && towers.contains($0.tower)
        }
        let adapters = try LowRankAdapters.fresh(for: layers, rank: 3, alpha: 6, seed: 4)
        let generator = try RandomGenerator(seed: 9)
        for element in adapters.elements {
            let up = element.factors.up
            try up.copy(from: Tensor.normal(up.shape, deviation: 0.2, using: generator))
        }
        return try CLIPModel(configuration, parameters: FreshParameters(seed: 3), adapters: adapters)
    }

    private static func pixels(_ configuration: CLIPConfiguration) throws -> Tensor {
        let size = configuration.vision.imageSize
        return try Tensor.normal([2, 3, size, size], using: RandomGenerator(seed: 8))
    }

    private static func tokens() throws -> Tensor {
        try Tensor([98, 5, 6, 99, 0, 98, 7, 8, 9, 99] as [Int32], shape: [2, 5])
    }

    private static func distance(_ one: Tensor, _ other: Tensor) throws -> Double {
        try (one - other).absolute().maximum().scalar()
    }

    @Test(
        "Merged weights give the embeddings of the adapters, packed or recorded",
        arguments: [CLIPModelTests.small, CLIPModelTests.smallResNet, sigLIP])
    func merging(configuration: CLIPConfiguration) throws {
        try withoutGradients {
            let model = try Self.adapted(configuration)
            let plain = try CLIPModel(configuration, parameters: FreshParameters(seed: 3))
            let merged = try model.merged()
            let (pixels, tokens) = try (Self.pixels(configuration), Self.tokens())
            for pass in [Pass(), Pass(trace: Trace()), Pass(isTraining: true)] where !configuration.isResNet {
                let image = try model.embedImages(pixels, pass)
                #expect(try Self.distance(image, merged.embedImages(pixels, pass)) < 1e-5)
                #expect(try Self.distance(image, plain.embedImages(pixels, pass)) > 1e-3)
            }
            let text = try model.embedTexts(tokens)
            #expect(try Self.distance(text, merged.embedTexts(tokens)) < 1e-5)
            #expect(try Self.distance(text, plain.embedTexts(tokens)) > 1e-3)
        }
    }

    @Test("New adapters change nothing, and some projections alone may have one")
    func fresh() throws {
        let configuration = CLIPModelTests.small
        let layers = AdaptedLayer.all(of: configuration).filter { $0.projection == .value && $0.tower == .text }
        #expect(layers.map(\.name).last == "transformer.resblocks.1.attn.v_proj")
        let adapters = try LowRankAdapters.fresh(for: layers, rank: 2, alpha: 4, seed: 1)
        let model = try CLIPModel(configuration, parameters: FreshParameters(seed: 3), adapters: adapters)
        let plain = try CLIPModel(configuration, parameters: FreshParameters(seed: 3))
        #expect(try Self.distance(model.embedTexts(Self.tokens()), plain.embedTexts(Self.tokens())) == 0)
        #expect(adapters.tensors.count == 4 && model.parameters.count == plain.parameters.count)
    }

    private static func walkBack(_ model: CLIPModel, _ configuration: CLIPConfiguration, _ pass: Pass) throws {
        let images = try model.embedImages(pixels(configuration), pass)
        let texts = try model.embedTexts(tokens(), pass)
        try model.logits(images: images, texts: texts).crossEntropy(targets: Tensor.range(2)).backward()
    }

    /// With the gradient G of a merged weight W + s·B·A, those of the factors are s·Bᵀ·G and s·G·Aᵀ.
    @Test(
        "The factors' gradients are those of the merged weights, and locked weights have none",
        arguments: [false, true])
    func gradients(recomputes: Bool) throws {
        let configuration = CLIPModelTests.small
        var pass = Pass(isTraining: true)
        pass.recomputesBlocks = recomputes
        let model = try Self.adapted(configuration)
        for factor in model.adapters?.tensors ?? [] { try factor.tensor.requireGradient() }
        try Self.walkBack(model, configuration, pass)
        #expect(model.parameters.allSatisfy { $0.tensor.gradient == nil })
        let merged = try model.merged()
        for parameter in merged.parameters { try parameter.tensor.requireGradient() }
        try Self.walkBack(merged, configuration, pass)
        let weights = Dictionary(uniqueKeysWithValues: merged.parameters.map { ($0.name, $0.tensor) })
        for element in try #require(model.adapters?.elements) {
            let (factors, layer) = (element.factors, element.layer)
            let whole = try #require(weights[layer.weight]?.gradient)
            let gradient = try layer.part.map { try whole.chunks(3, axis: 0)[$0] } ?? whole
            let (down, up) = try withoutGradients {
                (
                    try factors.up.transposed().matrixProduct(gradient) * factors.scale,
                    try gradient.matrixProduct(factors.down.transposed()) * factors.scale
                )
            }
            for (found, expected) in [(factors.down, down), (factors.up, up)] {
                let found = try #require(found.gradient, "\(layer.name)")
                let scale = try expected.norm().scalar() + 1e-4
                #expect(try (found - expected).norm().scalar() < 1e-3 * scale, "\(layer.name)")
            }
        }
    }
}

extension CLIPConfiguration {
    fileprivate var isResNet: Bool {
        if case .resNet = vision { true } else { false }
    }
}

extension AdaptedLayer {
    /// The model's tensor that holds the layer's weight.
    fileprivate var weight: String {
        guard part != nil else { return "\(name).weight" }
        return "\(name.dropLast(projection.rawValue.count))in_proj_weight"
    }

    /// The part of the joint matrix that it is.
    fileprivate var part: Int? { [AdaptedProjection.query, .key, .value].firstIndex(of: projection) }
}
