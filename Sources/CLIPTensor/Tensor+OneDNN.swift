internal import CCLIPTorch

private let linearPointwiseOperator = Operator("mkldnn::_linear_pointwise")

/// Products of 32-bit matrices on a CPU by oneDNN's kernels, which reach what the processor gives where libtorch's default
/// takes a BLAS that leaves up to half of it unused.
extension Tensor {
    /// Products of fewer multiplications are not worth a kernel's preparation.
    private static let smallestProduct = 1 << 20

    /// Whether ``linear(weight:bias:)`` of these goes by oneDNN.
    func isForOneDNN(_ weight: Tensor) -> Bool {
        guard clip_has_onednn(), clip_autocast_dtype("cpu") < 0, dtype == .float32, weight.dtype == .float32 else {
            return false
        }
        return device == .cpu && weight.device == .cpu && count * weight.size(0) >= Self.smallestProduct
    }

    /// x·Wᵀ + b with its gradients. `[…, in]` with `weight` `[out, in]` and `bias` `[out]` → `[…, out]`.
    func oneDNNLinear(weight: Tensor, bias: Tensor?) throws -> Tensor {
        let x = try reshaped(-1, size(-1))
        let needs = [x.requiresGradient, weight.requiresGradient, bias?.requiresGradient ?? false]
        let result = try Tensor.function(of: [x, weight] + (bias.map { [$0] } ?? [])) {
            [try x.product(weight, bias)]
        } backward: { gradients in
            guard let gradient = gradients[0] else { return [nil, nil] + (bias.map { _ in [nil] } ?? []) }
            let byX = needs[0] ? try gradient.product(weight.transposed()) : nil
            // Row by row: the kernel would go through the columns of a large matrix one by one.
            let byWeight = needs[1] ? try gradient.transposed().contiguous().product(x.transposed()) : nil
            let byBias = needs[2] ? try gradient.sum(0) : nil
            return [byX, byWeight] + (bias.map { _ in [byBias] } ?? [])
        }[0]
        return try result.reshaped(shape.dropLast() + [weight.size(0)])
    }

    /// `[n, in]` and `[out, in]`, in any layout, → `[n, out]`.
    private func product(_ weight: Tensor, _ bias: Tensor? = nil) throws -> Tensor {
        try linearPointwiseOperator(.tensor(self), .tensor(weight), .optional(bias), "none", .doubles([]), "")
    }
}
