internal import CLIPFiles
internal import CLIPModels

/// Reads and writes `config.json` as `transformers.SiglipConfig` does: what is missing has that class's defaults.
///
/// SigLIP 2 at a fixed resolution has the same class; its towers for any resolution ("NaFlex") have another.
enum HuggingFaceSigLIPConfiguration {
    /// What checkpoints were trained from; the file does not say it, and a trained model has its own.
    private static let publishedLogitScale = 2.302585092994046
    private static let publishedLogitBias = -10.0

    static func read(_ root: Fields) throws -> CLIPConfiguration {
        let empty = try Fields([:], path: root.path)
        let vision = try root.fields("vision_config") ?? empty
        let tower = try self.vision(vision)
        return CLIPConfiguration(
            embeddingWidth: tower.width, vision: .sigLIP(tower),
            text: try text(root.fields("text_config") ?? empty, width: tower.width),
            initialLogitScale: publishedLogitScale, initialLogitBias: publishedLogitBias)
    }

    private static func vision(_ fields: Fields) throws -> SigLIPVisionConfiguration {
        guard try fields.bool("vision_use_head", default: true) else {
            throw fields.refused("vision_use_head", "true", "false")
        }
        let channels = try fields.integer("num_channels", default: 3)
        guard channels == 3 else { throw fields.refused("num_channels", "3", "\(channels)") }
        let width = try fields.integer("hidden_size", default: 768)
        return SigLIPVisionConfiguration(
            imageSize: try fields.side("image_size", default: 224),
            patchSize: try fields.side("patch_size", default: 16),
            width: width, layers: try fields.integer("num_hidden_layers", default: 12),
            heads: try HuggingFaceConfiguration.heads(fields, width: width, default: 12),
            mlpRatio: try HuggingFaceConfiguration.mlpRatio(fields, width: width, default: 3072),
            normEpsilon: try fields.double("layer_norm_eps", default: 1e-6), activation: try activation(fields))
    }

    private static func text(_ fields: Fields, width: Int) throws -> TextTransformerConfiguration {
        let hidden = try fields.integer("hidden_size", default: 768)
        var text = TextTransformerConfiguration(
            contextLength: try fields.integer("max_position_embeddings", default: 64),
            vocabularySize: try fields.integer("vocab_size", default: 32000), width: hidden,
            heads: try HuggingFaceConfiguration.heads(fields, width: hidden, default: 12),
            layers: try fields.integer("num_hidden_layers", default: 12),
            mlpRatio: try HuggingFaceConfiguration.mlpRatio(fields, width: hidden, default: 3072),
            normEpsilon: try fields.double("layer_norm_eps", default: 1e-6))
        let projected = try fields.integer("projection_size", default: hidden)
        guard projected == width else {
            throw fields.refused("projection_size", "the width \(width) of the vision tower", "\(projected)")
        }
        (text.pooling, text.isCausal, text.projection) = (.last, false, .biased)
        text.activation = try activation(fields)
        return text
    }

    private static let activations: [(String, Activation)] = [
        ("gelu_pytorch_tanh", .geluTanh), ("gelu_new", .geluTanh), ("gelu", .gelu), ("quick_gelu", .quickGELU),
    ]

    private static func activation(_ fields: Fields) throws -> Activation {
        let name = try fields.string("hidden_act", default: "gelu_pytorch_tanh")
        guard let activation = activations.first(where: { $0.0 == name })?.1 else {
            throw fields.refused("hidden_act", "gelu_pytorch_tanh, gelu or quick_gelu", name.quoted())
        }
        return activation
    }

    // MARK: Writing

    /// What of an architecture the library's SigLIP lacks.
    static func limit(_ configuration: CLIPConfiguration) -> LayoutLimit? {
        let text = configuration.text
        guard text.pooling == .last, !text.isCausal, text.projection == .biased, text.layerScale == nil,
            configuration.initialLogitBias != nil
        else {
            return LayoutLimit(
                "a Hugging Face folder of SigLIP has a text tower that sees both ways, is read at the last position and "
                    + "is projected with a bias, and a logit bias; this model has another")
        }
        return nil
    }

    /// `config.json` of a model of which the layout can say all.
    static func json(_ configuration: CLIPConfiguration, _ vision: SigLIPVisionConfiguration, dtype: String) -> JSON {
        [
            "architectures": ["SiglipModel"],
            "initializer_factor": 1.0,
            "model_type": "siglip",
            "text_config": self.text(configuration.text, projection: vision.width),
            "torch_dtype": .string(dtype),
            "vision_config": self.vision(vision),
        ]
    }

    private static func vision(_ tower: SigLIPVisionConfiguration) -> JSON {
        [
            "attention_dropout": 0.0,
            "hidden_act": .string(name(of: tower.activation)),
            "hidden_size": .integer(tower.width),
            "image_size": .integer(tower.imageSize),
            "intermediate_size": .integer(tower.hidden),
            "layer_norm_eps": .number(tower.normEpsilon),
            "model_type": "siglip_vision_model",
            "num_attention_heads": .integer(tower.heads),
            "num_channels": 3,
            "num_hidden_layers": .integer(tower.layers),
            "patch_size": .integer(tower.patchSize),
        ]
    }

    private static func text(_ tower: TextTransformerConfiguration, projection: Int) -> JSON {
        [
            "attention_dropout": 0.0,
            "hidden_act": .string(name(of: tower.activation)),
            "hidden_size": .integer(tower.width),
            "intermediate_size": .integer(Int(Double(tower.width) * tower.mlpRatio)),
            "layer_norm_eps": .number(tower.normEpsilon),
            "max_position_embeddings": .integer(tower.contextLength),
            "model_type": "siglip_text_model",
            "num_attention_heads": .integer(tower.heads),
            "num_hidden_layers": .integer(tower.layers),
            "projection_size": .integer(projection),
            "vocab_size": .integer(tower.vocabularySize),
        ]
    }

    private static func name(of activation: Activation) -> String {
        activations.first { $0.1 == activation }?.0 ?? activation.rawValue
    }
}
