/// The names of `transformers.CLIPModel`: queries, keys and values apart, projections transposed.
struct HuggingFaceAdapter: WeightAdapter {
    func place(of name: String) -> TensorPlace {
        if let place = Self.single[name] { return place }
        for (prefix, tower) in [("visual.", "vision_model"), ("", "text_model")] {
            let blocks = "\(prefix)transformer.resblocks."
            if name.hasPrefix(blocks) { return block(name.dropFirst(blocks.count), "\(tower).encoder.layers") }
        }
        return renamed(name, Self.prefixes)
    }

    func isOptional(_ name: String) -> Bool { false }

    /// Older versions saved 0, 1, 2, … beside the position embeddings.
    func isRedundant(_ name: String) -> Bool { name.hasSuffix(".embeddings.position_ids") }

    private static let single = [
        "visual.class_embedding": TensorPlace("vision_model.embeddings.class_embedding"),
        "visual.positional_embedding": TensorPlace("vision_model.embeddings.position_embedding.weight"),
        "visual.proj": TensorPlace("visual_projection.weight", isTransposed: true),
        "positional_embedding": TensorPlace("text_model.embeddings.position_embedding.weight"),
        "text_projection": TensorPlace("text_projection.weight", isTransposed: true),
    ]

    private static let prefixes = [
        ("visual.conv1.", "vision_model.embeddings.patch_embedding."),
        ("visual.ln_pre.", "vision_model.pre_layrnorm."),  // spelt so by the library
        ("visual.ln_post.", "vision_model.post_layernorm."),
        ("token_embedding.", "text_model.embeddings.token_embedding."),
        ("ln_final.", "text_model.final_layer_norm."),
    ]

    private static let blockPrefixes = [
        ("ln_1.", "layer_norm1."), ("ln_2.", "layer_norm2."), ("attn.out_proj.", "self_attn.out_proj."),
        ("mlp.c_fc.", "mlp.fc1."), ("mlp.c_proj.", "mlp.fc2."),
    ]

    /// The place of "3.attn.in_proj_weight" among the layers of a tower.
    private func block(_ rest: Substring, _ layers: String) -> TensorPlace {
        let index = rest.prefix { $0 != "." }
        let part = String(rest.dropFirst(index.count + 1))
        let layer = "\(layers).\(index)"
        let joint = "attn.in_proj_"
        if part.hasPrefix(joint) {
            let kind = part.dropFirst(joint.count)
            return TensorPlace(
                "\(layer).self_attn.q_proj.\(kind)", "\(layer).self_attn.k_proj.\(kind)",
                "\(layer).self_attn.v_proj.\(kind)")
        }
        return TensorPlace("\(layer).\(renamed(part, Self.blockPrefixes).names[0])")
    }

    private func renamed(_ name: String, _ prefixes: [(String, String)]) -> TensorPlace {
        guard let (old, new) = prefixes.first(where: { name.hasPrefix($0.0) }) else { return TensorPlace(name) }
        return TensorPlace(new + name.dropFirst(old.count))
    }
}
