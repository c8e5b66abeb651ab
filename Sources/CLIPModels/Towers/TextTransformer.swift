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
        let positions_B = try positions(tokens_BL)
        let lengths = try packedLengths(tokens_BL, positions_B, pass)
        let layout =
            try lengths.map { try SequenceLayout(packing: $0, on: tokens_BL.device) }
            ?? SequenceLayout(batch: tokens_BL.size(0), length: tokens_BL.size(1))
        let ends =
            try lengths.map { try ReadPositions(endsOf: $0, on: tokens_BL.device) }
            ?? ReadPositions(positions_B, in: layout)
        let embedded = pass.recorded(
            "token_embedding", try layout.rows(of: tokens_BL).embedded(in: tokenEmbedding))
        let start = try pass.stream(embedded + layout.embeddedPositions(positionEmbedding))
        // Normalising each position alone, it may as well be done after the choice of one.
        return try projection(norm(transformer(start, at: ends, layout, pass), pass))
    }

    /// The length of each text up to the position of its feature, where nothing behind it counts and there is padding to
    /// spare: the texts are then packed one after the other, and the rows of their padding are never computed. Nil where
    /// they are computed as they stand.
    private func packedLengths(_ tokens_BL: Tensor, _ positions_B: Tensor, _ pass: Pass) throws -> [Int]? {
        guard !configuration.isPaddedAlways, pass.trace == nil else { return nil }
        let lengths = try positions_B.elements(as: Int64.self).map { Int($0) + 1 }
        return lengths.allSatisfy { $0 == tokens_BL.size(1) } ? nil : lengths
    }

    /// Where the feature of each text is read, int64 `[B]`.
    private func positions(_ tokens_BL: Tensor) throws -> Tensor {
        switch configuration.pooling {
        case .highestToken: try tokens_BL.argmax(1)
        case .token(let id): try tokens_BL.equal(to: id).cast(to: .int32).argmax(1)
        case .first: try Tensor.zeros([tokens_BL.size(0)], dtype: .int64, device: tokens_BL.device)
        case .last:
            try Tensor.full(
                [tokens_BL.size(0)], Double(tokens_BL.size(1) - 1), dtype: .int64, device: tokens_BL.device)
        }
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
