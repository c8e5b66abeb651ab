package import CLIPTensor

// Shapes: B images, E embedding, H hidden, K classes.

/// The logits of CLIP-Adapter (Gao et al. 2021): s · n(r · A(f) + (1 − r) · f) · Wᵀ, with A(f) = max(max(f·Dᵀ, 0)·Uᵀ, 0) and n
/// the division by the length, as the authors' program has it.
package struct ResidualLogits {
    /// The embeddings of the classes' sentences, W `[K, E]`.
    package var text: Tensor
    /// The factor on cosines, s.
    package var scale: Double
    /// The first layer, D `[H, E]`.
    package var down: Tensor
    /// The second layer, U `[E, H]`.
    package var up: Tensor
    /// The share of what was learned, r from 0 to 1.
    package var ratio: Double

    /// All parts of the formula.
    package init(text: Tensor, scale: Double, down: Tensor, up: Tensor, ratio: Double) {
        (self.text, self.scale, self.down, self.up, self.ratio) = (text, scale, down, up, ratio)
    }

    /// Embeddings `[B, E]` of length 1 → logits `[B, K]`.
    package func callAsFunction(_ images: Tensor) throws -> Tensor {
        let learned = try images.linear(weight: down).relu().linear(weight: up).relu()
        return try (learned * ratio + images * (1 - ratio)).normalized().linear(weight: text) * scale
    }
}
