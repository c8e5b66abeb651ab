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
    let projection: TextProjection

    /// The text tower's parameters carry no prefix, as published.
    init(_ scope: ParameterScope, _ configuration: TextTransformerConfiguration, embeddingWidth: Int) throws {
        self.configuration = configuration
        let width = configuration.width
        positionEmbedding = try scope.parameter(
            "positional_embedding", [configuration.contextLength, width], .normal(deviation: 0.01))
        projection = try TextProjection(scope, configuration, embeddingWidth: embeddingWidth)
        tokenEmbedding = try scope.parameter(
            "token_embedding.weight", [configuration.vocabularySize, width], .normal(deviation: 0.02))
        transformer = try Transformer(scope("transformer"), configuration.size, .scaled)
        norm = try LayerNorm(scope("ln_final"), width: width, epsilon: configuration.normEpsilon)
    }

    /// Token ids `[B, L]` (int32 or int64), L up to the context length → `[B, E]`, not normalised.
    ///
    /// Where attention is causal and the feature is read at the end of the text, what follows changes nothing and L may be
    /// cut to the longest text of the batch. Else (``TextTransformerConfiguration/isPaddedAlways``) L is the context
    /// length.
    public func callAsFunction(_ tokens_BL: Tensor, _ pass: Pass) throws -> Tensor {
        let length = tokens_BL.size(1)
        let embedded_BLD = pass.recorded("token_embedding", try tokens_BL.embedded(in: tokenEmbedding))
        let placed_BLD = try pass.stream(embedded_BLD + positionEmbedding.slice(0, 0..<length))
        let stream_BLD = try transformer(placed_BLD, pass)
        // Normalising each position alone, it may as well be done after the choice of one.
        return try projection(norm(pool(stream_BLD, tokens_BL), pass))
    }

    /// `[B, L, D]` and the tokens `[B, L]` → the feature of each text `[B, D]`.
    private func pool(_ x_BLD: Tensor, _ tokens_BL: Tensor) throws -> Tensor {
        switch configuration.pooling {
        case .highestToken: try select(x_BLD, at: tokens_BL.argmax(1))
        case .token(let id): try select(x_BLD, at: tokens_BL.equal(to: id).cast(to: .int32).argmax(1))
        case .first: try x_BLD.select(1, 0)
        case .last: try x_BLD.select(1, x_BLD.size(1) - 1)
        }
    }

    private func select(_ x_BLD: Tensor, at positions_B: Tensor) throws -> Tensor {
        let (batch, width) = (x_BLD.size(0), x_BLD.size(2))
        let index = try positions_B.reshaped(batch, 1, 1).expanded([batch, 1, width])
        return try x_BLD.gathered(1, at: index).squeezed(1)
    }
}

/// How a text's feature becomes its embedding.
enum TextProjection {
    case matrix(Tensor)
    case layer(Linear)
    case none

    init(_ scope: ParameterScope, _ configuration: TextTransformerConfiguration, embeddingWidth: Int) throws {
        let width = configuration.width
        let scale = Initialisation.normal(deviation: 1 / Double(width).squareRoot())
        switch configuration.projection {
        case .linear: self = .matrix(try scope.parameter("text_projection", [width, embeddingWidth], scale))
        case .biased:
            self = .layer(
                try Linear(scope("text_projection"), in: width, out: embeddingWidth, weight: scale, bias: .zeros))
        case .none: self = .none
        }
    }

    /// `[B, D]` → `[B, E]`.
    func callAsFunction(_ x_BD: Tensor) throws -> Tensor {
        switch self {
        case .matrix(let matrix_DE): try x_BD.matrixProduct(matrix_DE)
        case .layer(let layer): try layer(x_BD)
        case .none: x_BD
        }
    }
}

extension TextTransformerConfiguration {
    var size: TransformerSize {
        TransformerSize(
            width: width, layers: layers, heads: heads, mlpRatio: mlpRatio, normEpsilon: normEpsilon,
            isCausal: isCausal, activation: activation, layerScale: layerScale)
    }
}
