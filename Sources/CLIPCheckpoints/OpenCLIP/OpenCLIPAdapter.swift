internal import CLIPModels

/// The names of open_clip: those of the model, where a "custom text" model puts `text.` before the text tower's.
struct OpenCLIPAdapter: WeightAdapter {
    /// Whether the text tower's names carry a prefix.
    var hasTextPrefix = false

    func place(of name: String) -> TensorPlace {
        let isText = !name.hasPrefix("visual.") && !["logit_scale", "logit_bias"].contains(name)
        return TensorPlace(hasTextPrefix && isText ? "text.\(name)" : name)
    }

    /// The count of batches says nothing to a batch norm with a fixed momentum, and early checkpoints lack it.
    func isOptional(_ name: String) -> Bool { name.hasSuffix("num_batches_tracked") }

    /// The causal mask, and what OpenAI's files say of the sizes.
    func isRedundant(_ name: String) -> Bool {
        ["attn_mask", "text.attn_mask", "input_resolution", "context_length", "vocab_size"].contains(name)
    }
}
