/// The vision transformer of SigLIP (Zhai et al. 2023): no class token, no norm before the first block, and a learned
/// query that pools the patches by attention.
public struct SigLIPVisionConfiguration: Codable, Sendable, Hashable {
    /// Height and width of the input in pixels.
    public var imageSize: Int
    /// Height and width of a patch in pixels.
    public var patchSize: Int
    /// The width of the residual stream and of the embedding.
    public var width: Int
    /// The number of blocks.
    public var layers: Int
    /// The number of attention heads, of the pooling too.
    public var heads: Int
    /// The width of a block's hidden layer over the width of the stream.
    public var mlpRatio: Double
    /// What layer normalisation adds to the variance.
    public var normEpsilon: Double
    /// The activation of the perceptrons.
    public var activation: Activation

    /// A configuration with the published defaults.
    public init(
        imageSize: Int, patchSize: Int, width: Int, layers: Int, heads: Int, mlpRatio: Double = 4,
        normEpsilon: Double = 1e-6, activation: Activation = .gelu
    ) {
        self.imageSize = imageSize
        self.patchSize = patchSize
        self.width = width
        self.layers = layers
        self.heads = heads
        self.mlpRatio = mlpRatio
        self.normEpsilon = normEpsilon
        self.activation = activation
    }

    /// The number of patches along one side.
    public var grid: Int { imageSize / patchSize }

    /// The width of a block's hidden layer.
    public var hidden: Int { Int(Double(width) * mlpRatio) }

    private enum CodingKeys: String, CodingKey {
        case timmName = "timm_model_name"
        case imageSize = "image_size"
        case patchSize = "patch_size"
        case width, layers, heads
        case mlpRatio = "mlp_ratio"
        case normEpsilon = "norm_eps"
        case activation
    }

    /// Whether the members are of such a tower: open_clip takes it from timm, by name.
    static func isMeant(by decoder: any Decoder) throws -> Bool {
        try decoder.container(keyedBy: CodingKeys.self).contains(.timmName)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .timmName)
        guard var read = Self(timmName: name) ?? (name == Self.unnamed ? Self.base : nil) else {
            throw DecodingError.dataCorruptedError(
                forKey: .timmName, in: container,
                debugDescription:
                    "expected the name of a SigLIP tower such as vit_base_patch16_siglip_224, found \(name)")
        }
        read.imageSize = try container.decodeIfPresent(Int.self, forKey: .imageSize) ?? read.imageSize
        read.patchSize = try container.decodeIfPresent(Int.self, forKey: .patchSize) ?? read.patchSize
        read.width = try container.decodeIfPresent(Int.self, forKey: .width) ?? read.width
        read.layers = try container.decodeIfPresent(Int.self, forKey: .layers) ?? read.layers
        read.heads = try container.decodeIfPresent(Int.self, forKey: .heads) ?? read.heads
        read.mlpRatio = try container.decodeIfPresent(Double.self, forKey: .mlpRatio) ?? read.mlpRatio
        read.normEpsilon = try container.decodeIfPresent(Double.self, forKey: .normEpsilon) ?? read.normEpsilon
        read.activation = try container.decodeIfPresent(Activation.self, forKey: .activation) ?? read.activation
        self = read
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(timmName ?? Self.unnamed, forKey: .timmName)
        try container.encode(imageSize, forKey: .imageSize)
        try container.encode(patchSize, forKey: .patchSize)
        try container.encode(width, forKey: .width)
        try container.encode(layers, forKey: .layers)
        try container.encode(heads, forKey: .heads)
        try container.encode(mlpRatio, forKey: .mlpRatio)
        try container.encode(normEpsilon, forKey: .normEpsilon)
        try container.encode(activation, forKey: .activation)
    }
}

/// The names that timm, from which open_clip takes these towers, has for the published ones.
extension SigLIPVisionConfiguration {
    /// What stands for a tower that timm has no name for.
    private static let unnamed = "vit_siglip"
    private static let base = Self(imageSize: 224, patchSize: 16, width: 768, layers: 12, heads: 12)

    private static let sizes: [(name: String, width: Int, layers: Int, heads: Int, mlpRatio: Double)] = [
        ("base", 768, 12, 12, 4), ("large", 1024, 24, 16, 4), ("so400m", 1152, 27, 16, 3.7362),
        ("giantopt", 1536, 40, 16, 4),
    ]

    /// Each size's patch and input sizes, with the activation that timm gives the tower.
    private static let variants: [(size: String, patch: Int, image: Int, activation: Activation)] = [
        ("base", 32, 256, .geluTanh), ("base", 16, 224, .gelu), ("base", 16, 256, .gelu), ("base", 16, 384, .gelu),
        ("base", 16, 512, .gelu), ("large", 16, 256, .gelu), ("large", 16, 384, .gelu), ("large", 16, 512, .geluTanh),
        ("so400m", 14, 224, .gelu), ("so400m", 14, 378, .gelu), ("so400m", 14, 384, .gelu),
        ("so400m", 16, 256, .geluTanh), ("so400m", 16, 384, .geluTanh), ("so400m", 16, 512, .geluTanh),
        ("giantopt", 16, 256, .geluTanh), ("giantopt", 16, 384, .geluTanh),
    ]

    private static let published: [(name: String, configuration: Self)] = variants.compactMap { variant in
        sizes.first { $0.name == variant.size }.map { size in
            let configuration = Self(
                imageSize: variant.image, patchSize: variant.patch, width: size.width, layers: size.layers,
                heads: size.heads, mlpRatio: size.mlpRatio, activation: variant.activation)
            return ("vit_\(size.name)_patch\(variant.patch)_siglip_\(variant.image)", configuration)
        }
    }

    /// The tower that timm calls so; nil where it has none, or not of this kind.
    public init?(timmName: String) {
        guard let found = Self.published.first(where: { $0.name == timmName }) else { return nil }
        self = found.configuration
    }

    /// What timm calls this tower; nil where it has no name for it.
    public var timmName: String? {
        // 3.7362 × 1152 is 4304.1: what counts is the width that comes of it.
        Self.published.first { other in
            var comparable = other.configuration
            comparable.mlpRatio = mlpRatio
            return comparable == self && other.configuration.hidden == hidden
        }?.name
    }
}
