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
            fields, than: ["embed_dim", "vision_cfg", "text_cfg", "quick_gelu", "init_logit_scale", "custom_text"])
        guard let vision = try fields.fields("vision_cfg"), let text = try fields.fields("text_cfg") else {
            throw fields.refused("vision_cfg and text_cfg", "objects", "none")
        }
        model = CLIPConfiguration(
            embeddingWidth: try fields.integer("embed_dim"), vision: try Self.vision(vision), text: try Self.text(text),
            activation: try fields.bool("quick_gelu", default: false) ? .quickGELU : .gelu,
            initialLogitScale: try fields.double("init_logit_scale", default: CLIPConfiguration.publishedLogitScale))
    }

    /// Members whose default means "not there"; everything else that is not read is refused.
    private static let neutral: [String: [JSON]] = [
        "pool_type": ["tok"], "pos_embed_type": ["learnable"], "proj_type": ["linear"], "block_type": ["default"],
        "act_kwargs": [[:]],
    ]

    /// Members that change nothing in a trained model's embeddings.
    private static let ignored: Set<String> = [
        "patch_dropout", "output_tokens", "output_dict", "cast_dtype", "pad_id", "hf_tokenizer_name",
        "tokenizer_kwargs",
        "tokenizer_mode", "timm_model_pretrained", "timm_pool", "timm_proj", "timm_proj_bias", "timm_drop",
        "timm_drop_path",
        "attn_pooler_queries", "attn_pooler_heads", "hf_model_pretrained", "hf_proj_type", "hf_pooler_type",
    ]

    private static func refuseOthers(_ fields: Fields, than known: Set<String>) throws {
        for name in fields.names where !known.contains(name) && !ignored.contains(name) {
            guard let value = fields[name], value != false, !(neutral[name]?.contains(value) ?? false) else { continue }
            throw fields.refused(name, "nothing but the plain architecture", "\(value.compactText.prefix(60))")
        }
    }

    private static func vision(_ fields: Fields) throws -> VisionConfiguration {
        try refuseOthers(
            fields, than: ["image_size", "layers", "width", "patch_size", "head_width", "mlp_ratio", "norm_kwargs"])
        let imageSize = try fields.side("image_size", default: 224)
        let headWidth = try fields.integer("head_width", default: 64)
        guard headWidth > 0 else { throw fields.refused("head_width", "a number from 1", "\(headWidth)") }
        if let counts = fields["layers"]?.array {
            return .resNet(
                ModifiedResNetConfiguration(
                    imageSize: imageSize, layers: counts.compactMap(\.integer),
                    width: try fields.integer("width", default: 768), headWidth: headWidth))
        }
        return .transformer(
            VisionTransformerConfiguration(
                imageSize: imageSize, patchSize: try fields.side("patch_size", default: 16),
                width: try fields.integer("width", default: 768), layers: try fields.integer("layers", default: 12),
                headWidth: headWidth, mlpRatio: try fields.double("mlp_ratio", default: 4),
                normEpsilon: try normEpsilon(fields)))
    }

    private static func text(_ fields: Fields) throws -> TextTransformerConfiguration {
        try refuseOthers(
            fields,
            than: [
                "context_length", "vocab_size", "width", "heads", "layers", "mlp_ratio", "norm_kwargs", "pool_type",
                "eos_id",
            ])
        let pool = try fields.string("pool_type", default: "argmax")
        guard ["argmax", "eos"].contains(pool) else {
            throw fields.refused("pool_type", "argmax or eos", pool.quoted())
        }
        return TextTransformerConfiguration(
            contextLength: try fields.integer("context_length", default: 77),
            vocabularySize: try fields.integer("vocab_size", default: 49408),
            width: try fields.integer("width", default: 512), heads: try fields.integer("heads", default: 8),
            layers: try fields.integer("layers", default: 12), mlpRatio: try fields.double("mlp_ratio", default: 4),
            normEpsilon: try normEpsilon(fields),
            endOfText: pool == "eos" ? try fields.integer("eos_id", default: 2) : nil)
    }

    private static func normEpsilon(_ fields: Fields) throws -> Double {
        guard let options = try fields.fields("norm_kwargs") else { return 1e-5 }
        try refuseOthers(options, than: ["eps"])
        return try options.double("eps", default: 1e-5)
    }
}

/// Writing.
extension OpenCLIPConfiguration {
    /// `model_cfg` of a model whose vocabulary lies beside it.
    static func json(_ model: CLIPConfiguration) -> JSON {
        var members: [JSON.Member] = [
            .init("embed_dim", .integer(model.embeddingWidth)), .init("vision_cfg", vision(model.vision)),
            .init("text_cfg", text(model.text)),
        ]
        if model.activation == .quickGELU { members.append(.init("quick_gelu", true)) }
        if model.initialLogitScale != CLIPConfiguration.publishedLogitScale {
            members.append(.init("init_logit_scale", .number(model.initialLogitScale)))
        }
        return .object(members)
    }

    private static func vision(_ vision: VisionConfiguration) -> JSON {
        switch vision {
        case .resNet(let tower):
            return [
                "image_size": .integer(tower.imageSize), "layers": .array(tower.layers.map(JSON.integer)),
                "width": .integer(tower.width), "head_width": .integer(tower.headWidth), "patch_size": .null,
            ]
        case .transformer(let tower):
            return .object(
                [
                    .init("image_size", .integer(tower.imageSize)), .init("layers", .integer(tower.layers)),
                    .init("width", .integer(tower.width)), .init("head_width", .integer(tower.headWidth)),
                    .init("patch_size", .integer(tower.patchSize)), .init("mlp_ratio", .number(tower.mlpRatio)),
                ] + normMembers(tower.normEpsilon))
        }
    }

    private static func text(_ tower: TextTransformerConfiguration) -> JSON {
        var members: [JSON.Member] = [
            .init("context_length", .integer(tower.contextLength)), .init("vocab_size", .integer(tower.vocabularySize)),
            // Any name makes open_clip read the vocabulary of the folder itself.
            .init("hf_tokenizer_name", "."),
            .init("width", .integer(tower.width)), .init("heads", .integer(tower.heads)),
            .init("layers", .integer(tower.layers)), .init("mlp_ratio", .number(tower.mlpRatio)),
        ]
        if let id = tower.endOfText {
            members += [.init("pool_type", "eos"), .init("eos_id", .integer(id))]
        }
        return .object(members + normMembers(tower.normEpsilon))
    }

    private static func normMembers(_ epsilon: Double) -> [JSON.Member] {
        epsilon == 1e-5 ? [] : [.init("norm_kwargs", ["eps": .number(epsilon)])]
    }
}
