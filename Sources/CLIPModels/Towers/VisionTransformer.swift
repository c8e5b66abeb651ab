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
        try features(pixels, pass).embedding
    }

    /// What is projected `[B, D]`, and the projection `[B, E]`.
    func features(_ pixels: Tensor, _ pass: Pass) throws -> TowerFeatures {
        let patches_BLD = try patches(pixels, pass)
        let positions_LD = try positionEmbedding.cast(to: patches_BLD.dtype)
        let placed_BLD = try pass.kept(patches_BLD + positions_LD.slice(0, 1..<configuration.length))
        let (batch, length) = (placed_BLD.size(0), 1 + placed_BLD.size(1))
        let first_1D = try classEmbedding.cast(to: placed_BLD.dtype) + positions_LD.slice(0, 0..<1)
        let first_B1D = try first_1D.expanded([batch, 1, configuration.width])
        let tokens_BLD = try Tensor.concatenated([first_B1D, placed_BLD], axis: 1)
        let start_BLD = try pass.stream(normBefore?(tokens_BLD, pass) ?? tokens_BLD)
        let pooled_BD = try feature(start_BLD, SequenceLayout(batch: batch, length: length), pass)
        return TowerFeatures(pooled: pooled_BD, embedding: try pooled_BD.matrixProduct(projection))
    }

    /// The start of the stream `[B, L, D]` → the feature of each image `[B, D]`.
    private func feature(_ start_BLD: Tensor, _ layout: SequenceLayout, _ pass: Pass) throws -> Tensor {
        switch configuration.pooling {
        // Normalising each position alone, it may as well be done after the choice of one.
        case .classToken:
            let first = try ReadPositions(0, in: layout, on: start_BLD.device)
            return try normAfter(transformer(start_BLD, at: first, layout, pass), pass)
        case .average where configuration.normsAfterPooling:
            return try normAfter(transformer(start_BLD, layout, pass).slice(1, 1..<layout.length).mean(1), pass)
        case .average:
            return try normAfter(transformer(start_BLD, layout, pass), pass).slice(1, 1..<layout.length).mean(1)
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
