package import CLIPTensor

/// A change of a linear layer by two thin matrices (Hu et al. 2021, "LoRA"): x·(W + scale · up · down)ᵀ + b.
package struct LowRankFactors {
    /// `[rank, in]`.
    package let down: Tensor
    /// `[out, rank]`.
    package let up: Tensor
    /// What the product is multiplied with: alpha over the rank, or over its root.
    package let scale: Double

    package init(down: Tensor, up: Tensor, scale: Double) {
        precondition(down.rank == 2 && up.rank == 2 && down.size(0) == up.size(1), "one rank")
        (self.down, self.up, self.scale) = (down, up, scale)
    }

    /// What is added to the layer's result: `[…, in]` → `[…, out]`.
    func callAsFunction(_ x: Tensor) throws -> Tensor {
        // Scaled where it is thin.
        try (x.linear(weight: down) * scale).linear(weight: up)
    }

    /// What is added to the layer's weight, `[out, in]`, in 32 bits.
    func delta() throws -> Tensor {
        try up.detached().cast(to: .float32).matrixProduct(down.detached().cast(to: .float32)) * scale
    }
}
