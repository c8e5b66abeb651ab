private let matrixProductOperator = Operator("aten::matmul")
private let linearOperator = Operator("aten::linear")
private let embeddingOperator = Operator("aten::embedding")
private let layerNormOperator = Operator("aten::layer_norm")
private let geluOperator = Operator("aten::gelu")
private let siluOperator = Operator("aten::silu")
private let reluOperator = Operator("aten::relu")
private let softmaxOperator = Operator("aten::softmax", overload: "int")
private let logSoftmaxOperator = Operator("aten::log_softmax", overload: "int")
private let attentionOperator = Operator("aten::scaled_dot_product_attention")
private let crossEntropyOperator = Operator("aten::cross_entropy_loss")
private let upperTriangleOperator = Operator("aten::triu")

/// The layers of a transformer, with gradients.
extension Tensor {
    /// The matrix product over the last two axes; the others broadcast.
    public func matrixProduct(_ other: Tensor) throws -> Tensor {
        try matrixProductOperator(.tensor(self), .tensor(other))
    }

    /// x·Wᵀ + b. `[…, in]` with `weight` `[out, in]` and `bias` `[out]` → `[…, out]`.
    public func linear(weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
        if isForOneDNN(weight) { return try oneDNNLinear(weight: weight, bias: bias) }
        return try linearOperator(.tensor(self), .tensor(weight), .optional(bias))
    }

    /// The rows of `table` `[vocabulary, width]` at these indices (int32 or int64) `[…]` → `[…, width]`.
    public func embedded(in table: Tensor) throws -> Tensor { try embeddingOperator(.tensor(table), .tensor(self)) }

    /// Layer normalisation over the last axis (Ba et al. 2016), in 32 bits. `weight` and `bias` are `[width]`.
    public func layerNorm(weight: Tensor, bias: Tensor?, epsilon: Double = 1e-5) throws -> Tensor {
        try layerNormOperator(.tensor(self), .ints(weight.shape), .tensor(weight), .optional(bias), .double(epsilon))
    }

    /// How ``gelu(approximation:)`` finds Φ.
    public enum GELUApproximation: Sendable {
        /// With the error function.
        case none
        /// (1 + tanh(√(2/π)·(x + 0.044715x³))) / 2.
        case tanh
    }

    /// x·Φ(x) (Hendrycks and Gimpel 2016).
    public func gelu(approximation: GELUApproximation = .none) throws -> Tensor {
        try geluOperator(.tensor(self), approximation == .tanh ? "tanh" : "none")
    }

    /// x·σ(1.702x), the approximation that OpenAI's CLIP was trained with.
    public func quickGELU() throws -> Tensor { try self * (self * 1.702).sigmoid() }

    /// x·σ(x).
    public func silu() throws -> Tensor { try siluOperator(.tensor(self)) }

    /// max(x, 0).
    public func relu() throws -> Tensor { try reluOperator(.tensor(self)) }

    /// e^x over its sum along an axis.
    public func softmax(_ axis: Int = -1) throws -> Tensor { try softmaxOperator(.tensor(self), .int(axis)) }

    /// The logarithm of ``softmax(_:)``.
    public func logSoftmax(_ axis: Int = -1) throws -> Tensor { try logSoftmaxOperator(.tensor(self), .int(axis)) }

    /// softmax(Q·Kᵀ/√d)·V (Vaswani et al. 2017). Query, key and value are `[batch, heads, length, d]`.
    ///
    /// With `isCausal` a position sees itself and those before it. `mask` is added to the scaled scores.
    public static func attention(
        query: Tensor, key: Tensor, value: Tensor, isCausal: Bool = false, mask: Tensor? = nil
    ) throws -> Tensor {
        try attentionOperator(.tensor(query), .tensor(key), .tensor(value), .optional(mask), 0.0, .bool(isCausal))
    }

    /// The same as ``attention(query:key:value:isCausal:mask:)``, as products and a softmax.
    ///
    /// On a CPU the gradient of the fused operator costs a multiple of this one's at the lengths of a small model.
    public static func unfusedAttention(
        query: Tensor, key: Tensor, value: Tensor, isCausal: Bool = false, mask: Tensor? = nil
    ) throws -> Tensor {
        let scale = 1 / Double(query.size(-1)).squareRoot()
        var scores = try (query * scale).matrixProduct(key.transposed())
        if isCausal {
            let length = query.size(-2)
            let future = try Tensor.full([length, length], -.infinity, dtype: scores.dtype, device: query.device)
            scores = try scores + upperTriangleOperator(.tensor(future), 1)
        }
        if let mask { scores = try scores + mask }
        return try softmaxOperator(.tensor(scores), -1, .dtype(scores.dtype)).matrixProduct(value)
    }

    /// Each row over the last axis divided by its Euclidean norm.
    ///
    /// As in the reference, the norm is at least `epsilon`.
    public func normalized(epsilon: Double = 1e-12) throws -> Tensor {
        try self / norm(-1, keepsAxis: true).clamped(epsilon...Double.infinity)
    }

    /// The mean over rows of −log softmax at the target. `[rows, classes]` with int64 `targets` `[rows]`.
    public func crossEntropy(targets: Tensor) throws -> Tensor {
        try crossEntropyOperator(.tensor(self), .tensor(targets))
    }
}
