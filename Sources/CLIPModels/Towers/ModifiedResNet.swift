public import CLIPTensor

/// CLIP's ResNet: pixels to an embedding.
public struct ModifiedResNet {
    /// The architecture.
    public let configuration: ModifiedResNetConfiguration
    let stem: [NormalisedConvolution]
    let stages: [[Bottleneck]]
    let pool: AttentionPool
    let name: String

    init(_ scope: ParameterScope, _ configuration: ModifiedResNetConfiguration, embeddingWidth: Int) throws {
        self.configuration = configuration
        name = scope.name
        let width = configuration.width
        stem = [
            try NormalisedConvolution(
                scope, convolution: "conv1", norm: "bn1", .init(input: 3, output: width / 2, kernel: 3, stride: 2)),
            try NormalisedConvolution(
                scope, convolution: "conv2", norm: "bn2", .init(input: width / 2, output: width / 2, kernel: 3)),
            try NormalisedConvolution(
                scope, convolution: "conv3", norm: "bn3", .init(input: width / 2, output: width, kernel: 3)),
        ]
        stages = try Self.stages(scope, configuration)
        pool = try AttentionPool(scope("attnpool"), configuration, embeddingWidth: embeddingWidth)
    }

    private static func stages(
        _ scope: ParameterScope, _ configuration: ModifiedResNetConfiguration
    ) throws -> [[Bottleneck]] {
        var input = configuration.width
        return try configuration.layers.enumerated().map { index, count in
            let inner = configuration.width << index
            return try (0..<count).map { block in
                defer { input = inner * Bottleneck.expansion }
                return try Bottleneck(
                    scope("layer\(index + 1)")(block), input: input, inner: inner,
                    stride: block == 0 && index > 0 ? 2 : 1)
            }
        }
    }

    /// `[batch, 3, height, width]` normalised pixels → `[batch, embedding]`, not normalised.
    public func callAsFunction(_ pixels: Tensor, _ pass: Pass) throws -> Tensor {
        try features(pixels, pass).embedding
    }

    /// What is projected `[batch, features]`, and the projection `[batch, embedding]`.
    func features(_ pixels: Tensor, _ pass: Pass) throws -> TowerFeatures {
        let deep = try stem.reduce(pixels) { map, layer in try layer(map, pass).relu() }
        var map = pass.recorded("\(name).avgpool", try deep.averagePool(2))
        for (index, stage) in stages.enumerated() {
            map = try stage.reduce(map) { map, block in
                try pass.recomputed(map, parameter: block.third.norm.bias) { try block($0, $1) }
            }
            map = pass.recorded("\(name).layer\(index + 1)", map)
        }
        return try pool(map, pass)
    }
}
