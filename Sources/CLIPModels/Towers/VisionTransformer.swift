public import CLIPTensor

// Shapes: B batch, L length (class token and patches), D width, E embedding, P side of a patch, G patches along a side.

/// CLIP's vision transformer: pixels to an embedding.
public struct VisionTransformer {
    /// The architecture.
    public let configuration: VisionTransformerConfiguration
    let classEmbedding: Tensor
    let positionEmbedding: Tensor
    let patches: PatchEmbedding
    let normBefore: LayerNorm?
    let transformer: Transformer
    let normAfter: LayerNorm
    let projection: Tensor

    init(_ scope: ParameterScope, _ configuration: VisionTransformerConfiguration, embeddingWidth: Int) throws {
        self.configuration = configuration
        let (width, grid) = (configuration.width, configuration.grid)
        let deviation = 1 / Double(width).squareRoot()
        let scale = Initialisation.normal(deviation: deviation)
        classEmbedding = try scope.parameter("class_embedding", [width], scale)
        positionEmbedding = try scope.parameter(
            "positional_embedding", [configuration.length, width], .imagePositions(grid: grid, deviation: deviation))
        projection = try scope.parameter("proj", [width, embeddingWidth], scale)
        patches = try PatchEmbedding(
            scope("conv1"), patchSize: configuration.patchSize, grid: grid, width: width, hasBias: false)
        let epsilon = configuration.normEpsilon
        normBefore =
            configuration.hasNormBefore ? try LayerNorm(scope("ln_pre"), width: width, epsilon: epsilon) : nil
        transformer = try Transformer(scope("transformer"), configuration.size, .standard)
        normAfter = try LayerNorm(scope("ln_post"), width: width, epsilon: epsilon)
    }

    /// `[B, 3, height, width]` normalised pixels → `[B, E]`, not normalised.
    public func callAsFunction(_ pixels: Tensor, _ pass: Pass) throws -> Tensor {
        let patches_BLD = try patches(pixels, pass)
        let first_BLD = try classEmbedding.cast(to: patches_BLD.dtype)
            .expanded([patches_BLD.size(0), 1, configuration.width])
        let tokens_BLD = try Tensor.concatenated([first_BLD, patches_BLD], axis: 1)
        let placed_BLD = try tokens_BLD + positionEmbedding.cast(to: tokens_BLD.dtype)
        let start_BLD = try normBefore?(placed_BLD, pass) ?? placed_BLD
        return try pool(transformer(pass.stream(start_BLD), pass), pass).matrixProduct(projection)
    }

    /// `[B, L, D]` → `[B, D]`.
    private func pool(_ x_BLD: Tensor, _ pass: Pass) throws -> Tensor {
        switch configuration.pooling {
        // Normalising each position alone, it may as well be done after the choice of one.
        case .classToken: return try normAfter(x_BLD.select(1, 0), pass)
        case .average where configuration.normsAfterPooling:
            return try normAfter(x_BLD.slice(1, 1..<x_BLD.size(1)).mean(1), pass)
        case .average: return try normAfter(x_BLD, pass).slice(1, 1..<x_BLD.size(1)).mean(1)
        }
    }
}

extension VisionTransformerConfiguration {
    var size: TransformerSize {
        TransformerSize(
            width: width, layers: layers, heads: heads, mlpRatio: mlpRatio, normEpsilon: normEpsilon, isCausal: false,
            activation: activation, layerScale: layerScale)
    }
}
