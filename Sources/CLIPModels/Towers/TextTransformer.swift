public import CLIPTensor

// Shapes: B batch, L length, D width, E embedding.

/// CLIP's text tower: tokens to an embedding.
public struct TextTransformer {
    /// The architecture.
    public let configuration: TextTransformerConfiguration
    let tokenEmbedding: Tensor
    let positionEmbedding: Tensor
    let transformer: Transformer
    let norm: LayerNorm
    let projection: Tensor

    /// The text tower's parameters carry no prefix, as published.
    init(
        _ scope: ParameterScope, _ configuration: TextTransformerConfiguration, _ activation: Activation,
        embeddingWidth: Int
    ) throws {
        self.configuration = configuration
        let width = configuration.width
        positionEmbedding = try scope.parameter(
            "positional_embedding", [configuration.contextLength, width], .normal(deviation: 0.01))
        projection = try scope.parameter(
            "text_projection", [width, embeddingWidth], .normal(deviation: 1 / Double(width).squareRoot()))
        tokenEmbedding = try scope.parameter(
            "token_embedding.weight", [configuration.vocabularySize, width], .normal(deviation: 0.02))
        transformer = try Transformer(scope("transformer"), configuration.size, activation, .scaled)
        norm = try LayerNorm(scope("ln_final"), width: width, epsilon: configuration.normEpsilon)
    }

    /// Token ids `[B, L]` (int32 or int64), L up to the context length → `[B, E]`, not normalised.
    ///
    /// Attention is causal and the feature is read at the end-of-text token: what follows that token changes nothing, so
    /// L may be cut to the longest text of the batch.
    public func callAsFunction(_ tokens_BL: Tensor, _ pass: Pass) throws -> Tensor {
        let length = tokens_BL.size(1)
        let embedded_BLD = pass.recorded("token_embedding", try tokens_BL.embedded(in: tokenEmbedding))
        let placed_BLD = try pass.stream(embedded_BLD + positionEmbedding.slice(0, 0..<length))
        let stream_BLD = try transformer(placed_BLD, pass)
        let pooled_BD = try pool(stream_BLD, at: endPositions(tokens_BL))
        // Normalising each position alone, it may as well be done after the choice of one.
        return try norm(pooled_BD, pass).matrixProduct(projection)
    }

    /// The position `[B]` of each text's end.
    private func endPositions(_ tokens_BL: Tensor) throws -> Tensor {
        guard let end = configuration.endOfText else { return try tokens_BL.argmax(1) }
        return try tokens_BL.equal(to: end).cast(to: .int32).argmax(1)
    }

    private func pool(_ x_BLD: Tensor, at positions_B: Tensor) throws -> Tensor {
        let (batch, width) = (x_BLD.size(0), x_BLD.size(2))
        let index = try positions_B.reshaped(batch, 1, 1).expanded([batch, 1, width])
        return try x_BLD.gathered(1, at: index).squeezed(1)
    }
}

extension TextTransformerConfiguration {
    var size: TransformerSize {
        TransformerSize(
            width: width, layers: layers, heads: heads, mlpRatio: mlpRatio, normEpsilon: normEpsilon, isCausal: true)
    }
}
