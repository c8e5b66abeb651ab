internal import CLIPFiles
internal import CLIPModels

/// Reads and writes the `model_cfg` of `open_clip_config.json`.
///
/// open_clip's towers have many switches. Those that are at their defaults say nothing; any other is refused by name,
/// because a model built without it would give other embeddings.
struct OpenCLIPConfiguration {
    var model: CLIPConfiguration

    init(_ root: Fields) throws {
        guard let fields = try root.fields("model_cfg") else { throw root.refused("model_cfg", "an object", "none") }
        try Self.refuseOthers(
            fields,
            than: [
                "embed_dim", "vision_cfg", "text_cfg", "quick_gelu", "init_logit_scale", "init_logit_bias",
                "custom_text",
            ])
        guard let vision = try fields.fields("vision_cfg"), let text = try fields.fields("text_cfg") else {
            throw fields.refused("vision_cfg and text_cfg", "objects", "none")
        }
        let activation: Activation = try fields.bool("quick_gelu", default: false) ? .quickGELU : .gelu
        model = CLIPConfiguration(
            embeddingWidth: try fields.integer("embed_dim"), vision: try Self.vision(vision, activation),
            text: try Self.text(text, activation),
            initialLogitScale: try fields.double("init_logit_scale", default: CLIPConfiguration.publishedLogitScale),
            initialLogitBias: try fields.double(ifPresent: "init_logit_bias"))
    }

    /// Members whose default means "not there"; everything else that is not read is refused.
    private static let neutral: [String: [JSON]] = [
        // Positions of sines and cosines are saved as learned ones are.
        "pos_embed_type": ["learnable", "sin_cos_2d"], "block_type": ["default"],
    ]

    /// Members that change nothing in a trained model's embeddings.
    private static let ignored: Set<String> = [
        "patch_dropout", "output_tokens", "output_dict", "cast_dtype", "pad_id", "hf_tokenizer_name",
        "tokenizer_kwargs",
        "tokenizer_mode", "timm_model_pretrained", "timm_drop", "timm_drop_path",
        "attn_pooler_queries", "attn_pooler_heads", "hf_model_pretrained", "hf_proj_type", "hf_pooler_type",
    ]

    private static func refuseOthers(_ fields: Fields, than known: Set<String>) throws {
        for name in fields.names where !known.contains(name) && !ignored.contains(name) {
            guard let value = fields[name], value != false, !(neutral[name]?.contains(value) ?? false) else { continue }
            throw fields.refused(name, "nothing but the plain architecture", "\(value.compactText.prefix(60))")
        }
    }

    private static func vision(_ fields: Fields, _ activation: Activation) throws -> VisionConfiguration {
        let imageSize = try fields.side("image_size", default: 224)
        if fields["timm_model_name"] != nil { return .sigLIP(try sigLIP(fields, imageSize: imageSize)) }
        try refuseOthers(
            fields,
            than: [
                "image_size", "layers", "width", "patch_size", "head_width", "mlp_ratio", "norm_kwargs", "act_kwargs",
                "pool_type", "no_ln_pre", "final_ln_after_pool", "ls_init_value", "timm_pool", "timm_proj",
                "timm_proj_bias",
            ])
        let headWidth = try fields.integer("head_width", default: 64)
        guard headWidth > 0 else { throw fields.refused("head_width", "a number from 1", "\(headWidth)") }
        if let counts = fields["layers"]?.array {
            return .resNet(
                ModifiedResNetConfiguration(
                    imageSize: imageSize, layers: counts.compactMap(\.integer),
                    width: try fields.integer("width", default: 768), headWidth: headWidth))
        }
        var tower = VisionTransformerConfiguration(
            imageSize: imageSize, patchSize: try fields.side("patch_size", default: 16),
            width: try fields.integer("width", default: 768), layers: try fields.integer("layers", default: 12),
            headWidth: headWidth, mlpRatio: try fields.double("mlp_ratio", default: 4),
            normEpsilon: try normEpsilon(fields))
        let pool = try fields.string("pool_type", default: "tok")
        guard let pooling = VisionTransformerConfiguration.Pooling(rawValue: pool) else {
            throw fields.refused("pool_type", "tok or avg", pool.quoted())
        }
        tower.pooling = pooling
        tower.hasNormBefore = try !fields.bool("no_ln_pre", default: false)
        tower.normsAfterPooling = try fields.bool("final_ln_after_pool", default: false)
        tower.layerScale = try fields.double(ifPresent: "ls_init_value")
        tower.activation = try self.activation(fields, activation)
        return .transformer(tower)
    }

    /// A tower that open_clip takes from timm: SigLIP's, by its name.
    private static func sigLIP(_ fields: Fields, imageSize: Int) throws -> SigLIPVisionConfiguration {
        let name = try fields.string("timm_model_name")
        guard var tower = SigLIPVisionConfiguration(timmName: name) else {
            throw fields.refused("timm_model_name", "a SigLIP tower such as vit_base_patch16_siglip_224", name.quoted())
        }
        try refuseOthers(fields, than: ["image_size", "timm_model_name", "timm_pool", "timm_proj", "timm_proj_bias"])
        let (pool, projection) = try (
            fields.string("timm_pool", default: "avg"), fields.string("timm_proj", default: "")
        )
        guard pool == "map" else { throw fields.refused("timm_pool", "\"map\"", pool.quoted()) }
        guard ["none", ""].contains(projection), fields["timm_proj"] != nil else {
            throw fields.refused("timm_proj", "\"none\"", projection.quoted())
        }
        tower.imageSize = imageSize
        return tower
    }

    private static func text(_ fields: Fields, _ activation: Activation) throws -> TextTransformerConfiguration {
        try refuseOthers(
            fields,
            than: [
                "context_length", "vocab_size", "width", "heads", "layers", "mlp_ratio", "norm_kwargs", "act_kwargs",
                "pool_type", "eos_id", "no_causal_mask", "proj_bias", "proj_type", "ls_init_value",
                "final_ln_after_pool",
            ])
        var tower = TextTransformerConfiguration(
            contextLength: try fields.integer("context_length", default: 77),
            vocabularySize: try fields.integer("vocab_size", default: 49408),
            width: try fields.integer("width", default: 512), heads: try fields.integer("heads", default: 8),
            layers: try fields.integer("layers", default: 12), mlpRatio: try fields.double("mlp_ratio", default: 4),
            normEpsilon: try normEpsilon(fields))
        let pool = try fields.string("pool_type", default: "argmax")
        let end = try fields.integer("eos_id", default: 2)
        guard let pooling = TextTransformerConfiguration.Pooling(name: pool, endOfText: end) else {
            throw fields.refused("pool_type", "argmax, eos, first or last", pool.quoted())
        }
        tower.pooling = pooling
        tower.isCausal = try !fields.bool("no_causal_mask", default: false)
        tower.projection = try projection(fields)
        tower.layerScale = try fields.double(ifPresent: "ls_init_value")
        tower.activation = try self.activation(fields, activation)
        return tower
    }

    private static func projection(_ fields: Fields) throws -> TextTransformerConfiguration.Projection {
        let kind = try fields.string("proj_type", default: "linear")
        switch kind {
        case "linear": return try fields.bool("proj_bias", default: false) ? .biased : .linear
        case "none": return .none
        default: throw fields.refused("proj_type", "linear or none", kind.quoted())
        }
    }

    /// The activation of a tower whose model has `activation` otherwise.
    private static func activation(_ fields: Fields, _ activation: Activation) throws -> Activation {
        guard let options = try fields.fields("act_kwargs") else { return activation }
        try refuseOthers(options, than: ["approximate"])
        guard options["approximate"] != nil else { return activation }
        let kind = try options.string("approximate")
        guard activation == .gelu, let exact = ["none": true, "tanh": false][kind] else {
            throw options.refused("approximate", "none, or tanh where quick_gelu is false", kind.quoted())
        }
        return exact ? .gelu : .geluTanh
    }

    private static func normEpsilon(_ fields: Fields) throws -> Double {
        guard let options = try fields.fields("norm_kwargs") else { return 1e-5 }
        try refuseOthers(options, than: ["eps"])
        return try options.double("eps", default: 1e-5)
    }
}
