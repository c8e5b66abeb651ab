internal import CLIPFiles
internal import CLIPModels

extension OpenCLIPConfiguration {
    /// `model_cfg` of a model whose vocabulary lies beside it, or what of the architecture it cannot say.
    ///
    /// `tokenizer` are further members of `text_cfg`, which say how texts are cleaned.
    static func json(_ model: CLIPConfiguration, tokenizer: [JSON.Member] = []) -> Result<JSON, LayoutLimit> {
        let vision: JSON
        if let activation = model.vision.activation, activation != model.activation,
            [activation, model.activation].contains(.quickGELU)
        {
            return .failure(
                LayoutLimit("an open_clip folder has quick_gelu for both towers or neither, and this model for one"))
        }
        switch self.vision(model.vision) {
        case .success(let json): vision = json
        case .failure(let limit): return .failure(limit)
        }
        var members: [JSON.Member] = [
            .init("embed_dim", .integer(model.embeddingWidth)), .init("vision_cfg", vision),
            .init("text_cfg", .object((text(model.text).members ?? []) + tokenizer)),
        ]
        if let bias = model.initialLogitBias { members.append(.init("init_logit_bias", .number(bias))) }
        if model.needsCustomText { members.append(.init("custom_text", true)) }
        if model.activation == .quickGELU { members.append(.init("quick_gelu", true)) }
        if model.initialLogitScale != CLIPConfiguration.publishedLogitScale {
            members.append(.init("init_logit_scale", .number(model.initialLogitScale)))
        }
        return .success(.object(members))
    }

    private static func vision(_ vision: VisionConfiguration) -> Result<JSON, LayoutLimit> {
        switch vision {
        case .resNet(let tower):
            return .success([
                "image_size": .integer(tower.imageSize), "layers": .array(tower.layers.map(JSON.integer)),
                "width": .integer(tower.width), "head_width": .integer(tower.headWidth), "patch_size": .null,
            ])
        case .sigLIP(let tower): return sigLIP(tower)
        case .transformer(let tower):
            return .success(.object(members(tower)))
        }
    }

    private static func members(_ tower: VisionTransformerConfiguration) -> [JSON.Member] {
        var members: [JSON.Member] = [
            .init("image_size", .integer(tower.imageSize)), .init("layers", .integer(tower.layers)),
            .init("width", .integer(tower.width)), .init("head_width", .integer(tower.headWidth)),
            .init("patch_size", .integer(tower.patchSize)), .init("mlp_ratio", .number(tower.mlpRatio)),
        ]
        if tower.pooling != .classToken { members.append(.init("pool_type", .string(tower.pooling.rawValue))) }
        if !tower.hasNormBefore { members.append(.init("no_ln_pre", true)) }
        if tower.normsAfterPooling { members.append(.init("final_ln_after_pool", true)) }
        return members + layerMembers(tower.layerScale, tower.activation) + normMembers(tower.normEpsilon)
    }

    /// open_clip takes the tower from timm, which knows the published ones alone, each with one activation.
    private static func sigLIP(_ tower: SigLIPVisionConfiguration) -> Result<JSON, LayoutLimit> {
        guard let name = tower.timmName else {
            return .failure(
                LayoutLimit(
                    "an open_clip folder knows SigLIP's published image towers alone, each with its own activation; "
                        + "this one is \(tower.width) wide with \(tower.layers) layers, patch \(tower.patchSize), "
                        + "\(tower.imageSize) pixels and \(tower.activation.rawValue)"))
        }
        return .success([
            "image_size": .integer(tower.imageSize), "timm_model_name": .string(name), "timm_model_pretrained": false,
            "timm_pool": "map", "timm_proj": "none",
        ])
    }

    private static func layerMembers(_ scale: Double?, _ activation: Activation) -> [JSON.Member] {
        (scale.map { [.init("ls_init_value", .number($0))] } ?? [])
            + (activation == .geluTanh ? [.init("act_kwargs", ["approximate": "tanh"])] : [])
    }

    private static func text(_ tower: TextTransformerConfiguration) -> JSON {
        var members: [JSON.Member] = [
            .init("context_length", .integer(tower.contextLength)), .init("vocab_size", .integer(tower.vocabularySize)),
            // Any name makes open_clip read the vocabulary of the folder itself.
            .init("hf_tokenizer_name", "."),
            .init("width", .integer(tower.width)), .init("heads", .integer(tower.heads)),
            .init("layers", .integer(tower.layers)), .init("mlp_ratio", .number(tower.mlpRatio)),
        ]
        if tower.pooling != .highestToken { members.append(.init("pool_type", .string(tower.pooling.name))) }
        if let id = tower.endOfText { members.append(.init("eos_id", .integer(id))) }
        if !tower.isCausal { members.append(.init("no_causal_mask", true)) }
        if tower.projection == .biased { members.append(.init("proj_bias", true)) }
        if tower.projection == .none { members.append(.init("proj_type", "none")) }
        return .object(members + layerMembers(tower.layerScale, tower.activation) + normMembers(tower.normEpsilon))
    }

    private static func normMembers(_ epsilon: Double) -> [JSON.Member] {
        epsilon == 1e-5 ? [] : [.init("norm_kwargs", ["eps": .number(epsilon)])]
    }
}

extension CLIPConfiguration {
    /// Whether open_clip builds the text tower as a module of its own, with the prefix `text.`: what its plain model class
    /// cannot do.
    var needsCustomText: Bool {
        initialLogitBias != nil || !text.isCausal || text.projection != .linear || vision.isSigLIP
    }
}
