package import CLIPTensor

// Shapes: B images, E embedding, N keys, K classes.

/// The logits of Tip-Adapter (Zhang et al. 2022, equation 6): s · f·Wᵀ + α · exp(−β · (1 − f·Kᵀ)) · V.
package struct CacheLogits {
    /// The embeddings of the classes' sentences, W `[K, E]`.
    package var text: Tensor
    /// The factor on cosines, s.
    package var scale: Double
    /// The embeddings of the training images, K `[N, E]`.
    package var keys: Tensor
    /// The classes of the training images, V `[N, K]`, 1 at each image's class.
    package var values: Tensor
    /// The weight of the cache, α.
    package var alpha: Double
    /// How fast an image's influence falls with its distance, β.
    package var beta: Double

    /// All parts of the formula.
    package init(text: Tensor, scale: Double, keys: Tensor, values: Tensor, alpha: Double, beta: Double) {
        (self.text, self.scale, self.keys, self.values) = (text, scale, keys, values)
        (self.alpha, self.beta) = (alpha, beta)
    }

    /// Embeddings `[B, E]` of length 1 → logits `[B, K]`.
    package func callAsFunction(_ images: Tensor) throws -> Tensor {
        try zeroShot(images) + added(images) * alpha
    }

    /// The part of the logits that needs no training images, `[B, K]`.
    package func zeroShot(_ images: Tensor) throws -> Tensor { try images.linear(weight: text) * scale }

    /// What the training images add, before it is weighted, `[B, K]`.
    package func added(_ images: Tensor) throws -> Tensor {
        try ((images.linear(weight: keys) + -1) * beta).exponential().matrixProduct(values)
    }
}
