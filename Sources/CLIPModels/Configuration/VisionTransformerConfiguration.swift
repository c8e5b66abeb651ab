internal import CLIPFiles

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
    /// What becomes the image's feature.
    public var pooling = Pooling.classToken
    /// Whether a norm stands before the first block.
    public var hasNormBefore = true
    /// Whether an average is taken before the last norm, not after it.
    public var normsAfterPooling = false
    /// What the gains on the results of attention and perceptron begin with; nil is no gains.
    public var layerScale: Double?
    /// The activation of the perceptrons.
    public var activation = Activation.gelu

    /// What becomes the image's feature.
    public enum Pooling: String, Codable, Sendable, Hashable, CaseIterable {
        case classToken = "tok"
        /// The mean over the patches.
        case average = "avg"

        public init(from decoder: any Decoder) throws { self = try decoder.word() }
    }

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
        case pooling = "pool_type"
        case hasNoNormBefore = "no_ln_pre"
        case normsAfterPooling = "final_ln_after_pool"
        case layerScale = "ls_init_value"
        case activation
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
        pooling = try container.decodeIfPresent(Pooling.self, forKey: .pooling) ?? pooling
        hasNormBefore = try container.decodeIfPresent(Bool.self, forKey: .hasNoNormBefore) != true
        normsAfterPooling = try container.decodeIfPresent(Bool.self, forKey: .normsAfterPooling) == true
        layerScale = try container.decodeIfPresent(Double.self, forKey: .layerScale)
        activation = try container.decodeIfPresent(Activation.self, forKey: .activation) ?? activation
    }

    /// What is as published is left out, but for sizes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(imageSize, forKey: .imageSize)
        try container.encode(patchSize, forKey: .patchSize)
        try container.encode(width, forKey: .width)
        try container.encode(layers, forKey: .layers)
        try container.encode(headWidth, forKey: .headWidth)
        try container.encode(mlpRatio, forKey: .mlpRatio)
        try container.encode(normEpsilon, forKey: .normEpsilon)
        if pooling != .classToken { try container.encode(pooling, forKey: .pooling) }
        if !hasNormBefore { try container.encode(true, forKey: .hasNoNormBefore) }
        if normsAfterPooling { try container.encode(true, forKey: .normsAfterPooling) }
        try container.encodeIfPresent(layerScale, forKey: .layerScale)
        if activation == .geluTanh { try container.encode(activation, forKey: .activation) }
    }
}
