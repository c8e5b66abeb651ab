public import CLIPTensor

// Shapes: B batch, L length (class token and patches), D width, E embedding, P side of a patch, G patches along a side.

/// CLIP's vision transformer: pixels to an embedding.
public struct VisionTransformer {
    /// The architecture.
    public let configuration: VisionTransformerConfiguration
    let patchWeight: Tensor
    let classEmbedding: Tensor
    let positionEmbedding: Tensor
    let normBefore: LayerNorm
    let transformer: Transformer
    let normAfter: LayerNorm
    let projection: Tensor
    let name: String

    init(
        _ scope: ParameterScope, _ configuration: VisionTransformerConfiguration, _ activation: Activation,
        embeddingWidth: Int
    ) throws {
        self.configuration = configuration
        name = scope.name
        let (width, patch) = (configuration.width, configuration.patchSize)
        let deviation = 1 / Double(width).squareRoot()
        let scale = Initialisation.normal(deviation: deviation)
        classEmbedding = try scope.parameter("class_embedding", [width], scale)
        positionEmbedding = try scope.parameter(
            "positional_embedding", [configuration.length, width],
            .imagePositions(grid: configuration.grid, deviation: deviation))
        projection = try scope.parameter("proj", [width, embeddingWidth], scale)
        patchWeight = try scope.parameter("conv1.weight", [width, 3, patch, patch], .fanIn(3 * patch * patch))
        normBefore = try LayerNorm(scope("ln_pre"), width: width, epsilon: configuration.normEpsilon)
        transformer = try Transformer(scope("transformer"), configuration.size, activation, .standard)
        normAfter = try LayerNorm(scope("ln_post"), width: width, epsilon: configuration.normEpsilon)
    }

    /// `[B, 3, height, width]` normalised pixels → `[B, E]`, not normalised.
    public func callAsFunction(_ pixels: Tensor, _ pass: Pass) throws -> Tensor {
        let patches_BLD = pass.recorded("\(name).conv1", try embedPatches(pixels))
        let first_BLD = try classEmbedding.cast(to: patches_BLD.dtype)
            .expanded([patches_BLD.size(0), 1, configuration.width])
        let tokens_BLD = try Tensor.concatenated([first_BLD, patches_BLD], axis: 1)
        let placed_BLD = try tokens_BLD + positionEmbedding.cast(to: tokens_BLD.dtype)
        let stream_BLD = try transformer(pass.stream(normBefore(placed_BLD, pass)), pass)
        let pooled_BD = try normAfter(stream_BLD.select(1, 0), pass)
        return try pooled_BD.matrixProduct(projection)
    }

    /// The convolution whose stride is its size, as a product: each patch is a row.
    private func embedPatches(_ pixels: Tensor) throws -> Tensor {
        let (batch, grid, side) = (pixels.size(0), configuration.grid, configuration.patchSize)
        // Pixels right of and below the last whole patch are not seen, as in the convolution.
        let whole = try pixels.slice(2, 0..<grid * side).slice(3, 0..<grid * side)
        let patches_BGPGP = try whole.reshaped(batch, 3, grid, side, grid, side)
        let rows = try patches_BGPGP.permuted(0, 2, 4, 1, 3, 5).reshaped(batch, grid * grid, 3 * side * side)
        return try rows.linear(weight: patchWeight.reshaped(configuration.width, -1))
    }
}

extension VisionTransformerConfiguration {
    var size: TransformerSize {
        TransformerSize(
            width: width, layers: layers, heads: heads, mlpRatio: mlpRatio, normEpsilon: normEpsilon, isCausal: false)
    }
}
