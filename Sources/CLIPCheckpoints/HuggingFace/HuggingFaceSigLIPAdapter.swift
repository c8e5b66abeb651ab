/// The names of `transformers.SiglipModel`: as CLIP's there, with a bias for the patches, a head of attention for the
/// image tower and one linear layer for the text tower.
struct HuggingFaceSigLIPAdapter: WeightAdapter {
    private let blocks = HuggingFaceAdapter()

    func place(of name: String) -> TensorPlace { Self.places[name] ?? blocks.place(of: name) }

    func isOptional(_ name: String) -> Bool { false }

    func isRedundant(_ name: String) -> Bool { blocks.isRedundant(name) }

    private static let head = "vision_model.head"

    private static let places = [
        "logit_scale": TensorPlace("logit_scale", hasLeadingAxis: true),
        "logit_bias": TensorPlace("logit_bias", hasLeadingAxis: true),
        "text_projection.weight": TensorPlace("text_model.head.weight"),
        "text_projection.bias": TensorPlace("text_model.head.bias"),
        "visual.positional_embedding": TensorPlace("vision_model.embeddings.position_embedding.weight"),
        "visual.attn_pool.probe": TensorPlace("\(head).probe"),
        "visual.attn_pool.attn.in_proj_weight": TensorPlace("\(head).attention.in_proj_weight"),
        "visual.attn_pool.attn.in_proj_bias": TensorPlace("\(head).attention.in_proj_bias"),
        "visual.attn_pool.attn.out_proj.weight": TensorPlace("\(head).attention.out_proj.weight"),
        "visual.attn_pool.attn.out_proj.bias": TensorPlace("\(head).attention.out_proj.bias"),
        "visual.attn_pool.ln.weight": TensorPlace("\(head).layernorm.weight"),
        "visual.attn_pool.ln.bias": TensorPlace("\(head).layernorm.bias"),
        "visual.attn_pool.mlp.c_fc.weight": TensorPlace("\(head).mlp.fc1.weight"),
        "visual.attn_pool.mlp.c_fc.bias": TensorPlace("\(head).mlp.fc1.bias"),
        "visual.attn_pool.mlp.c_proj.weight": TensorPlace("\(head).mlp.fc2.weight"),
        "visual.attn_pool.mlp.c_proj.bias": TensorPlace("\(head).mlp.fc2.bias"),
    ]
}
