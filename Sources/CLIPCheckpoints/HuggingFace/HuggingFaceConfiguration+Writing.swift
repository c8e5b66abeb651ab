internal import CLIPFiles
internal import CLIPModels
internal import CLIPTensor

extension HuggingFaceConfiguration {
    /// The special ids of a written model.
    struct SpecialTokens {
        var startOfText: Int
        var endOfText: Int
    }

    /// `config.json` of a model with a vision transformer, of which the layout can say all.
    static func json(
        _ configuration: CLIPConfiguration, _ vision: VisionTransformerConfiguration, _ tokens: SpecialTokens,
        dtype: DType
    ) -> JSON {
        [
            "architectures": ["CLIPModel"],
            "initializer_factor": 1.0,
            "logit_scale_init_value": .number(configuration.initialLogitScale),
            "model_type": "clip",
            "projection_dim": .integer(configuration.embeddingWidth),
            "text_config": text(configuration, tokens),
            "torch_dtype": .string("\(dtype)"),
            "vision_config": self.vision(configuration, vision),
        ]
    }

    /// What of an architecture the layout cannot say, whatever the image tower; nil where it can say all.
    static func limit(_ configuration: CLIPConfiguration) -> LayoutLimit? {
        switch configuration.vision {
        case .resNet: LayoutLimit("a Hugging Face folder cannot hold a ResNet tower")
        case .sigLIP: HuggingFaceSigLIPConfiguration.limit(configuration)
        case .transformer(let vision):
            limit(configuration, vision).map { LayoutLimit("a Hugging Face folder of CLIP \($0)") }
        }
    }

    /// What of an architecture the library's CLIP lacks.
    private static func limit(_ configuration: CLIPConfiguration, _ vision: VisionTransformerConfiguration) -> String? {
        let text = configuration.text
        if vision.activation != text.activation { return "has one activation for both towers, and this model two" }
        if vision.pooling != .classToken { return "reads the class token, and this model the mean of the patches" }
        if !vision.hasNormBefore { return "has a norm before the first block, and this model none" }
        if vision.layerScale != nil || text.layerScale != nil { return "has no layer scale, and this model has" }
        if configuration.initialLogitBias != nil { return "has no logit bias, and this model has" }
        if !text.isCausal { return "has a causal text tower, and this model's sees both ways" }
        if text.projection != .linear { return "projects texts by a matrix, and this model does not" }
        switch text.pooling {
        case .highestToken, .token: return nil
        case .first, .last: return "reads a text at its end token, and this model at the \(text.pooling.name) position"
        }
    }

    /// The library's name of an activation.
    static func name(of activation: Activation) -> String {
        activation == .geluTanh ? "gelu_pytorch_tanh" : activation.rawValue
    }

    private static func vision(_ configuration: CLIPConfiguration, _ tower: VisionTransformerConfiguration) -> JSON {
        [
            "attention_dropout": 0.0,
            "hidden_act": .string(name(of: configuration.activation)),
            "hidden_size": .integer(tower.width),
            "image_size": .integer(tower.imageSize),
            "initializer_factor": 1.0,
            "initializer_range": 0.02,
            "intermediate_size": .integer(Int(Double(tower.width) * tower.mlpRatio)),
            "layer_norm_eps": .number(tower.normEpsilon),
            "model_type": "clip_vision_model",
            "num_attention_heads": .integer(tower.heads),
            "num_channels": 3,
            "num_hidden_layers": .integer(tower.layers),
            "patch_size": .integer(tower.patchSize),
            "projection_dim": .integer(configuration.embeddingWidth),
        ]
    }

    private static func text(_ configuration: CLIPConfiguration, _ tokens: SpecialTokens) -> JSON {
        let tower = configuration.text
        return [
            "attention_dropout": 0.0,
            "bos_token_id": .integer(tokens.startOfText),
            "eos_token_id": .integer(tokens.endOfText),
            "hidden_act": .string(name(of: configuration.activation)),
            "hidden_size": .integer(tower.width),
            "initializer_factor": 1.0,
            "initializer_range": 0.02,
            "intermediate_size": .integer(Int(Double(tower.width) * tower.mlpRatio)),
            "layer_norm_eps": .number(tower.normEpsilon),
            "max_position_embeddings": .integer(tower.contextLength),
            "model_type": "clip_text_model",
            "num_attention_heads": .integer(tower.heads),
            "num_hidden_layers": .integer(tower.layers),
            "pad_token_id": .integer(tokens.endOfText),
            "projection_dim": .integer(configuration.embeddingWidth),
            "vocab_size": .integer(tower.vocabularySize),
        ]
    }
}
