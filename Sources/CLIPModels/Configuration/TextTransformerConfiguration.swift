internal import CLIPFiles

/// The text tower: a causal transformer whose feature is read at the end-of-text token.
public struct TextTransformerConfiguration: Codable, Sendable, Hashable {
    /// The largest number of tokens, start and end included.
    public var contextLength: Int
    /// The number of tokens known.
    public var vocabularySize: Int
    /// The width of the residual stream.
    public var width: Int
    /// The number of attention heads.
    public var heads: Int
    /// The number of blocks.
    public var layers: Int
    /// The width of a block's hidden layer over the width of the stream.
    public var mlpRatio: Double
    /// What layer normalisation adds to the variance.
    public var normEpsilon: Double
    /// Where the text's feature is read.
    public var pooling: Pooling
    /// Whether a position sees only itself and those before it.
    public var isCausal = true
    /// How the feature becomes the embedding.
    public var projection = Projection.linear
    /// What the gains on the results of attention and perceptron begin with; nil is no gains.
    public var layerScale: Double?
    /// The activation of the perceptrons.
    public var activation = Activation.gelu

    /// Where a text's feature is read.
    public enum Pooling: Sendable, Hashable {
        /// OpenAI's rule: at the highest token, which is the end of the text.
        case highestToken
        /// At the first position of this token.
        case token(Int)
        /// At the first position.
        case first
        /// At the last position, of a text that is padded to the context's length.
        case last
    }

    /// How a text's feature becomes its embedding.
    public enum Projection: String, Codable, Sendable, Hashable, CaseIterable {
        /// A matrix `[width, embedding]`.
        case linear
        /// A linear layer `[embedding, width]` with a bias.
        case biased
        /// The feature is the embedding.
        case none

        public init(from decoder: any Decoder) throws { self = try decoder.word() }
    }

    /// A configuration with the published defaults.
    public init(
        contextLength: Int = 77, vocabularySize: Int = 49408, width: Int = 512, heads: Int = 8, layers: Int = 12,
        mlpRatio: Double = 4, normEpsilon: Double = 1e-5, endOfText: Int? = nil
    ) {
        self.contextLength = contextLength
        self.vocabularySize = vocabularySize
        self.width = width
        self.heads = heads
        self.layers = layers
        self.mlpRatio = mlpRatio
        self.normEpsilon = normEpsilon
        pooling = endOfText.map(Pooling.token) ?? .highestToken
    }

    /// The token at whose first position the feature is read; nil where another rule holds.
    public var endOfText: Int? {
        guard case .token(let id) = pooling else { return nil }
        return id
    }

    /// Whether a text counts with its padding, up to the context's length: where a position sees those after it, or the
    /// feature is read at the last one.
    public var isPaddedAlways: Bool { !isCausal || pooling == .last }
}
