/// In the words of open_clip's `text_cfg`. What is as published is left out, but for sizes.
extension TextTransformerConfiguration {
    private enum CodingKeys: String, CodingKey {
        case contextLength = "context_length"
        case vocabularySize = "vocab_size"
        case width, heads, layers
        case mlpRatio = "mlp_ratio"
        case normEpsilon = "norm_eps"
        case endOfText = "eos_id"
        case pooling = "pool_type"
        case isNotCausal = "no_causal_mask"
        case hasProjectionBias = "proj_bias"
        case projection = "proj_type"
        case layerScale = "ls_init_value"
        case activation
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
            normEpsilon: try container.decodeIfPresent(Double.self, forKey: .normEpsilon) ?? 1e-5)
        let id = try container.decodeIfPresent(Int.self, forKey: .endOfText)
        let name = try container.decodeIfPresent(String.self, forKey: .pooling) ?? (id == nil ? "argmax" : "eos")
        guard let pooling = Pooling(name: name, endOfText: id) else {
            throw DecodingError.dataCorruptedError(
                forKey: .pooling, in: container, debugDescription: "expected argmax, eos, first or last, found \(name)")
        }
        self.pooling = pooling
        isCausal = try container.decodeIfPresent(Bool.self, forKey: .isNotCausal) != true
        let hasBias = try container.decodeIfPresent(Bool.self, forKey: .hasProjectionBias) == true
        let isNone = try container.decodeIfPresent(Projection.self, forKey: .projection) == Projection.none
        projection = isNone ? .none : hasBias ? .biased : .linear
        layerScale = try container.decodeIfPresent(Double.self, forKey: .layerScale)
        activation = try container.decodeIfPresent(Activation.self, forKey: .activation) ?? activation
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(contextLength, forKey: .contextLength)
        try container.encode(vocabularySize, forKey: .vocabularySize)
        try container.encode(width, forKey: .width)
        try container.encode(heads, forKey: .heads)
        try container.encode(layers, forKey: .layers)
        try container.encode(mlpRatio, forKey: .mlpRatio)
        try container.encode(normEpsilon, forKey: .normEpsilon)
        try container.encodeIfPresent(endOfText, forKey: .endOfText)
        if pooling != .highestToken { try container.encode(pooling.name, forKey: .pooling) }
        if !isCausal { try container.encode(true, forKey: .isNotCausal) }
        if projection == .biased { try container.encode(true, forKey: .hasProjectionBias) }
        if projection == .none { try container.encode(projection, forKey: .projection) }
        try container.encodeIfPresent(layerScale, forKey: .layerScale)
        if activation == .geluTanh { try container.encode(activation, forKey: .activation) }
    }
}

extension TextTransformerConfiguration.Pooling {
    /// open_clip's name of the rule.
    package var name: String {
        switch self {
        case .highestToken: "argmax"
        case .token: "eos"
        case .first: "first"
        case .last: "last"
        }
    }

    /// The rule of a name; "eos" is the token 2 unless another is given, as in open_clip. Nil where there is none.
    package init?(name: String, endOfText: Int?) {
        switch name {
        case "argmax": self = .highestToken
        case "eos": self = .token(endOfText ?? 2)
        case "first": self = .first
        case "last": self = .last
        default: return nil
        }
    }
}
