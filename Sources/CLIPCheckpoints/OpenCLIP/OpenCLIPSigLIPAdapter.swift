/// The names of open_clip's SigLIP: the image tower as timm has it, the text tower with the prefix `text.`.
struct OpenCLIPSigLIPAdapter: WeightAdapter {
    private let native = OpenCLIPAdapter(hasTextPrefix: true)

    func place(of name: String) -> TensorPlace {
        if let place = Self.places[name] { return place.prefixed("visual.trunk.") }
        let blocks = "visual.transformer.resblocks."
        if name.hasPrefix(blocks) {
            let rest = name.dropFirst(blocks.count)
            return TensorPlace("visual.trunk.blocks.\(Self.renamed(String(rest)))")
        }
        return native.place(of: name)
    }

    func isOptional(_ name: String) -> Bool { false }

    func isRedundant(_ name: String) -> Bool { native.isRedundant(name) }

    private static let places = [
        "visual.conv1.weight": TensorPlace("patch_embed.proj.weight"),
        "visual.conv1.bias": TensorPlace("patch_embed.proj.bias"),
        "visual.positional_embedding": TensorPlace("pos_embed", hasLeadingAxis: true),
        "visual.ln_post.weight": TensorPlace("norm.weight"),
        "visual.ln_post.bias": TensorPlace("norm.bias"),
        "visual.attn_pool.probe": TensorPlace("attn_pool.latent"),
        "visual.attn_pool.attn.in_proj_weight": TensorPlace(
            "attn_pool.q.weight", "attn_pool.kv.weight", shares: [1, 2]),
        "visual.attn_pool.attn.in_proj_bias": TensorPlace("attn_pool.q.bias", "attn_pool.kv.bias", shares: [1, 2]),
        "visual.attn_pool.attn.out_proj.weight": TensorPlace("attn_pool.proj.weight"),
        "visual.attn_pool.attn.out_proj.bias": TensorPlace("attn_pool.proj.bias"),
        "visual.attn_pool.ln.weight": TensorPlace("attn_pool.norm.weight"),
        "visual.attn_pool.ln.bias": TensorPlace("attn_pool.norm.bias"),
        "visual.attn_pool.mlp.c_fc.weight": TensorPlace("attn_pool.mlp.fc1.weight"),
        "visual.attn_pool.mlp.c_fc.bias": TensorPlace("attn_pool.mlp.fc1.bias"),
        "visual.attn_pool.mlp.c_proj.weight": TensorPlace("attn_pool.mlp.fc2.weight"),
        "visual.attn_pool.mlp.c_proj.bias": TensorPlace("attn_pool.mlp.fc2.bias"),
    ]

    private static let parts = [
        ("ln_1.", "norm1."), ("ln_2.", "norm2."), ("attn.in_proj_", "attn.qkv."), ("attn.out_proj.", "attn.proj."),
        ("mlp.c_fc.", "mlp.fc1."), ("mlp.c_proj.", "mlp.fc2."),
    ]

    /// "3.attn.in_proj_weight" → "3.attn.qkv.weight".
    private static func renamed(_ rest: String) -> String {
        let index = rest.prefix { $0 != "." }
        let part = String(rest.dropFirst(index.count + 1))
        guard let (old, new) = parts.first(where: { part.hasPrefix($0.0) }) else { return rest }
        return "\(index).\(new)\(part.dropFirst(old.count))"
    }
}
