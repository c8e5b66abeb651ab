/// A vision transformer (Dosovitskiy et al. 2020) as CLIP has it: a class token, and a norm before the first block.
public struct VisionTransformerConfiguration: Codable, Sendable, Hashable {
    /// Height and width of the input in pixels.
    public var imageSize: Int
    /// Height and width of a patch in pixels.
    public var patchSize: Int
    /// The width of the residual stream.
    public var width: Int
    /// The number of blocks.
    public var layers: Int
    /// The width of an attention head.
    public var headWidth: Int
    /// The width of a block's hidden layer over the width of the stream.
    public var mlpRatio: Double
    /// What layer normalisation adds to the variance.
    public var normEpsilon: Double

    /// A configuration; heads are 64 wide and hidden layers four times the width unless said otherwise.
    public init(
        imageSize: Int, patchSize: Int, width: Int, layers: Int, headWidth: Int = 64, mlpRatio: Double = 4,
        normEpsilon: Double = 1e-5
    ) {
        self.imageSize = imageSize
        self.patchSize = patchSize
        self.width = width
        self.layers = layers
        self.headWidth = headWidth
        self.mlpRatio = mlpRatio
        self.normEpsilon = normEpsilon
    }

    /// The number of attention heads.
    public var heads: Int { width / headWidth }

    /// The number of patches along one side.
    public var grid: Int { imageSize / patchSize }

    /// The number of tokens: the class token and the patches.
    public var length: Int { grid * grid + 1 }

    private enum CodingKeys: String, CodingKey {
        case imageSize = "image_size"
        case patchSize = "patch_size"
        case width, layers
        case headWidth = "head_width"
        case mlpRatio = "mlp_ratio"
        case normEpsilon = "norm_eps"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            imageSize: try container.decodeIfPresent(Int.self, forKey: .imageSize) ?? 224,
            patchSize: try container.decodeIfPresent(Int.self, forKey: .patchSize) ?? 16,
            width: try container.decodeIfPresent(Int.self, forKey: .width) ?? 768,
            layers: try container.decodeIfPresent(Int.self, forKey: .layers) ?? 12,
            headWidth: try container.decodeIfPresent(Int.self, forKey: .headWidth) ?? 64,
            mlpRatio: try container.decodeIfPresent(Double.self, forKey: .mlpRatio) ?? 4,
            normEpsilon: try container.decodeIfPresent(Double.self, forKey: .normEpsilon) ?? 1e-5)
    }
}

/// CLIP's ResNet: a stem of three convolutions, anti-aliased strides, and attention pooling (Radford et al. 2021).
public struct ModifiedResNetConfiguration: Codable, Sendable, Hashable {
    /// Height and width of the input in pixels.
    public var imageSize: Int
    /// The number of bottleneck blocks in each of the four stages.
    public var layers: [Int]
    /// The width of the stem; the last stage is 32 times as wide.
    public var width: Int
    /// The width of a head of the attention pooling.
    public var headWidth: Int

    /// A configuration; `layers` has four counts.
    public init(imageSize: Int, layers: [Int], width: Int, headWidth: Int = 64) {
        self.imageSize = imageSize
        self.layers = layers
        self.width = width
        self.headWidth = headWidth
    }

    /// The number of channels that the attention pooling sees.
    public var features: Int { width * 32 }

    /// The number of heads of the attention pooling.
    public var heads: Int { features / headWidth }

    /// Height and width of the map that the attention pooling sees: the input over 32.
    public var grid: Int { imageSize / 32 }

    private enum CodingKeys: String, CodingKey {
        case imageSize = "image_size"
        case layers, width
        case headWidth = "head_width"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            imageSize: try container.decodeIfPresent(Int.self, forKey: .imageSize) ?? 224,
            layers: try container.decode([Int].self, forKey: .layers),
            width: try container.decodeIfPresent(Int.self, forKey: .width) ?? 64,
            headWidth: try container.decodeIfPresent(Int.self, forKey: .headWidth) ?? 64)
    }
}

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
    /// The token at whose first position the feature is read; nil is OpenAI's rule, the position of the highest token.
    public var endOfText: Int?

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
        self.endOfText = endOfText
    }

    private enum CodingKeys: String, CodingKey {
        case contextLength = "context_length"
        case vocabularySize = "vocab_size"
        case width, heads, layers
        case mlpRatio = "mlp_ratio"
        case normEpsilon = "norm_eps"
        case endOfText = "eos_id"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            contextLength: try container.decodeIfPresent(Int.self, forKey: .contextLength) ?? 77,
            vocabularySize: try container.decodeIfPresent(Int.self, forKey: .vocabularySize) ?? 49408,
            width: try container.decodeIfPresent(Int.self, forKey: .width) ?? 512,
            heads: try container.decodeIfPresent(Int.self, forKey: .heads) ?? 8,
            layers: try container.decodeIfPresent(Int.self, forKey: .layers) ?? 12,
            mlpRatio: try container.decodeIfPresent(Double.self, forKey: .mlpRatio) ?? 4,
            normEpsilon: try container.decodeIfPresent(Double.self, forKey: .normEpsilon) ?? 1e-5,
            endOfText: try container.decodeIfPresent(Int.self, forKey: .endOfText))
    }
}
