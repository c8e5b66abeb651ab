/// The architecture of a CLIP model, in the words of open_clip's `model_cfg`: a public configuration decodes as it is.
public struct CLIPConfiguration: Codable, Sendable, Hashable {
    /// The width of the space that images and texts share.
    public var embeddingWidth: Int
    /// The image tower.
    public var vision: VisionConfiguration
    /// The text tower.
    public var text: TextTransformerConfiguration
    /// ln of the temperature's inverse at the start: ln(1/0.07) as published.
    public var initialLogitScale: Double
    /// What is added to the scaled cosines at the start, of a model with a sigmoid head; nil of others.
    public var initialLogitBias: Double?

    /// A configuration with the published defaults. An `activation` is given to both towers; without one each keeps its own.
    public init(
        embeddingWidth: Int, vision: VisionConfiguration, text: TextTransformerConfiguration,
        activation: Activation? = nil, initialLogitScale: Double = Self.publishedLogitScale,
        initialLogitBias: Double? = nil
    ) {
        self.embeddingWidth = embeddingWidth
        self.vision = vision
        self.text = text
        self.initialLogitScale = initialLogitScale
        self.initialLogitBias = initialLogitBias
        if let activation { self.activation = activation }
    }

    /// The activation of both transformers: ``Activation/quickGELU`` for OpenAI's weights. Where the towers differ, the text
    /// tower's.
    public var activation: Activation {
        get { text.activation }
        set {
            text.activation = newValue
            vision.activation = newValue
        }
    }

    /// ln(1/0.07) (Radford et al. 2021).
    public static let publishedLogitScale = 2.6592600369327783

    private enum CodingKeys: String, CodingKey {
        case embeddingWidth = "embed_dim"
        case vision = "vision_cfg"
        case text = "text_cfg"
        case quickGELU = "quick_gelu"
        case initialLogitScale = "init_logit_scale"
        case initialLogitBias = "init_logit_bias"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        embeddingWidth = try container.decode(Int.self, forKey: .embeddingWidth)
        vision = try container.decode(VisionConfiguration.self, forKey: .vision)
        text = try container.decode(TextTransformerConfiguration.self, forKey: .text)
        initialLogitScale =
            try container.decodeIfPresent(Double.self, forKey: .initialLogitScale) ?? Self.publishedLogitScale
        initialLogitBias = try container.decodeIfPresent(Double.self, forKey: .initialLogitBias)
        if try container.decodeIfPresent(Bool.self, forKey: .quickGELU) == true { activation = .quickGELU }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(embeddingWidth, forKey: .embeddingWidth)
        try container.encode(vision, forKey: .vision)
        try container.encode(text, forKey: .text)
        if activation == .quickGELU { try container.encode(true, forKey: .quickGELU) }
        if initialLogitScale != Self.publishedLogitScale {
            try container.encode(initialLogitScale, forKey: .initialLogitScale)
        }
        try container.encodeIfPresent(initialLogitBias, forKey: .initialLogitBias)
    }
}

/// The image tower's architecture.
public enum VisionConfiguration: Codable, Sendable, Hashable {
    case transformer(VisionTransformerConfiguration)
    case resNet(ModifiedResNetConfiguration)
    case sigLIP(SigLIPVisionConfiguration)

    /// The patches of an image; nil of a tower that has none.
    public var patchCount: Int? {
        switch self {
        case .transformer(let configuration): configuration.grid * configuration.grid
        case .resNet: nil
        case .sigLIP(let configuration): configuration.grid * configuration.grid
        }
    }

    /// Whether the tower is SigLIP's.
    package var isSigLIP: Bool {
        if case .sigLIP = self { true } else { false }
    }

    /// Height and width of the input in pixels.
    public var imageSize: Int {
        switch self {
        case .transformer(let configuration): configuration.imageSize
        case .resNet(let configuration): configuration.imageSize
        case .sigLIP(let configuration): configuration.imageSize
        }
    }

    /// The activation of the perceptrons; nil of a ResNet, which has none. Setting it changes nothing there.
    public var activation: Activation? {
        get {
            switch self {
            case .transformer(let configuration): configuration.activation
            case .resNet: nil
            case .sigLIP(let configuration): configuration.activation
            }
        }
        set {
            guard let newValue else { return }
            switch self {
            case .transformer(var configuration):
                configuration.activation = newValue
                self = .transformer(configuration)
            case .resNet: break
            case .sigLIP(var configuration):
                configuration.activation = newValue
                self = .sigLIP(configuration)
            }
        }
    }

    private enum CodingKeys: CodingKey { case layers }

    /// As in open_clip, a name of timm's is SigLIP's tower, a list of layers a ResNet and a number of layers a transformer.
    public init(from decoder: any Decoder) throws {
        if try SigLIPVisionConfiguration.isMeant(by: decoder) {
            self = .sigLIP(try SigLIPVisionConfiguration(from: decoder))
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if (try? container.decode([Int].self, forKey: .layers)) != nil {
            self = .resNet(try ModifiedResNetConfiguration(from: decoder))
        } else {
            self = .transformer(try VisionTransformerConfiguration(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .transformer(let configuration): try configuration.encode(to: encoder)
        case .resNet(let configuration): try configuration.encode(to: encoder)
        case .sigLIP(let configuration): try configuration.encode(to: encoder)
        }
    }
}
