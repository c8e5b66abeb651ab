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
