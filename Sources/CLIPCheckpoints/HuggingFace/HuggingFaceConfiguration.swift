internal import CLIPFiles
internal import CLIPModels

/// Reads `config.json` as `transformers.CLIPConfig` does: what is missing has that class's defaults.
enum HuggingFaceConfiguration {
    static func read(_ root: Fields) throws -> CLIPConfiguration {
        let kind = try root.string("model_type")
        switch kind {
        case "clip": return try readCLIP(root)
        case "siglip": return try HuggingFaceSigLIPConfiguration.read(root)
        case "siglip2":
            throw root.refused("model_type", "\"clip\", or \"siglip\" for SigLIP at a fixed resolution", kind.quoted())
        default: throw root.refused("model_type", "\"clip\" or \"siglip\"", kind.quoted())
        }
    }

    private static func readCLIP(_ root: Fields) throws -> CLIPConfiguration {
        let vision = try tower("vision", root)
        let text = try tower("text", root)
        let activation = try activation(vision)
        guard try self.activation(text) == activation else {
            throw text.refused("hidden_act", "that of the vision tower, \(activation.rawValue)", "another")
        }
        return CLIPConfiguration(
            embeddingWidth: try root.integer("projection_dim", default: 512),
            vision: .transformer(try self.vision(vision)),
            text: try self.text(text), activation: activation,
            initialLogitScale: try root.double("logit_scale_init_value", default: 2.6592))
    }

    /// A tower's members. Old files repeat them as `text_config_dict`, which then counts alone, defaults included.
    private static func tower(_ name: String, _ root: Fields) throws -> Fields {
        try root.fields("\(name)_config_dict") ?? root.fields("\(name)_config")
            ?? Fields([:], path: root.path, place: "\(name)_config")
    }

    private static func activation(_ fields: Fields) throws -> Activation {
        let name = try fields.string("hidden_act", default: "quick_gelu")
        let known = [Activation.quickGELU, .gelu, .geluTanh]
        guard let activation = known.first(where: { self.name(of: $0) == name }) else {
            throw fields.refused("hidden_act", known.map(self.name).joined(separator: " or "), name.quoted())
        }
        return activation
    }

    private static func vision(_ fields: Fields) throws -> VisionTransformerConfiguration {
        let channels = try fields.integer("num_channels", default: 3)
        guard channels == 3 else { throw fields.refused("num_channels", "3", "\(channels)") }
        let width = try fields.integer("hidden_size", default: 768)
        let heads = try heads(fields, width: width, default: 12)
        return VisionTransformerConfiguration(
            imageSize: try fields.side("image_size", default: 224),
            patchSize: try fields.side("patch_size", default: 32),
            width: width, layers: try fields.integer("num_hidden_layers", default: 12), headWidth: width / heads,
            mlpRatio: try mlpRatio(fields, width: width, default: 3072),
            normEpsilon: try fields.double("layer_norm_eps", default: 1e-5))
    }

    private static func text(_ fields: Fields) throws -> TextTransformerConfiguration {
        let width = try fields.integer("hidden_size", default: 512)
        let vocabulary = try fields.integer("vocab_size", default: 49408)
        return TextTransformerConfiguration(
            contextLength: try fields.integer("max_position_embeddings", default: 77), vocabularySize: vocabulary,
            width: width, heads: try heads(fields, width: width, default: 8),
            layers: try fields.integer("num_hidden_layers", default: 12),
            mlpRatio: try mlpRatio(fields, width: width, default: 2048),
            normEpsilon: try fields.double("layer_norm_eps", default: 1e-5),
            endOfText: try endOfText(fields, vocabulary: vocabulary))
    }

    static func heads(_ fields: Fields, width: Int, default value: Int) throws -> Int {
        let heads = try fields.integer("num_attention_heads", default: value)
        guard heads > 0, width > 0, width % heads == 0 else {
            throw fields.refused("num_attention_heads", "a divisor of hidden_size \(width)", "\(heads)")
        }
        return heads
    }

    static func mlpRatio(_ fields: Fields, width: Int, default value: Int) throws -> Double {
        let hidden = try fields.integer("intermediate_size", default: value)
        guard (1...1 << 30).contains(hidden) else {
            throw fields.refused("intermediate_size", "a number from 1 to \(1 << 30)", "\(hidden)")
        }
        let ratio = Double(hidden) / Double(width)
        // The product must not fall short of the integer that it came from.
        return Int(Double(width) * ratio) < hidden ? ratio.nextUp : ratio
    }

    /// The token at which the text's feature is read. The id 2 stands for OpenAI's rule, the highest token: the files
    /// of the first years had it by mistake, and the library honours them.
    private static func endOfText(_ fields: Fields, vocabulary: Int) throws -> Int? {
        let id = try fields.integer("eos_token_id", default: 49407)
        if id == 2 { return nil }
        guard vocabulary > 0, (0..<vocabulary).contains(id) else {
            throw fields.refused("eos_token_id", "an id below vocab_size \(vocabulary)", "\(id)")
        }
        return id
    }
}
