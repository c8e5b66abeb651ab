private let normsOperator = Operator("aten::_foreach_norm", overload: "Scalar")
private let multiplyOperator = Operator("aten::_foreach_mul_", overload: "Scalar")
private let interpolateOperator = Operator("aten::_foreach_lerp_", overload: "Scalar")
private let adamWOperator = Operator("aten::_fused_adamw_")
private let batchedProductOperator = Operator("aten::baddbmm")

/// Operators over many tensors at once, and those of optimisers.
extension Tensor {
    /// The Euclidean norm of all elements of all tensors together, a scalar.
    public static func norm(of tensors: [Tensor]) throws -> Tensor {
        guard case .tensors(let norms)? = try normsOperator.results([.tensors(tensors), 2]).first else {
            throw TensorError("aten::_foreach_norm: expected a list of tensors as its result")
        }
        return try stacked(norms).norm()
    }

    /// Multiplies each tensor in place.
    public static func multiply(_ tensors: [Tensor], by factor: Double) throws {
        try multiplyOperator.results([.tensors(tensors), .double(factor)])
    }

    /// Moves each tensor in place towards its counterpart: a + weight · (b − a).
    public static func interpolate(_ tensors: [Tensor], towards others: [Tensor], weight: Double) throws {
        try interpolateOperator.results([.tensors(tensors), .tensors(others), .double(weight)])
    }

    /// beta · self + alpha · (first · second) for stacks of matrices `[n, …, …]`.
    public func addingProduct(_ first: Tensor, _ second: Tensor, beta: Double, alpha: Double) throws -> Tensor {
        try batchedProductOperator(.tensor(self), .tensor(first), .tensor(second), .double(beta), .double(alpha))
    }

    /// The constants of one AdamW step.
    public struct AdamWStep {
        public var learningRate: Double
        public var betas: (Double, Double)
        public var weightDecay: Double
        public var epsilon: Double

        /// All constants.
        public init(learningRate: Double, betas: (Double, Double), weightDecay: Double, epsilon: Double) {
            self.learningRate = learningRate
            self.betas = betas
            self.weightDecay = weightDecay
            self.epsilon = epsilon
        }
    }

    /// One AdamW step (Loshchilov and Hutter 2019) of all tensors in one pass over their memory.
    ///
    /// `count` is a float32 scalar: the number of this step, from 1.
    public static func adamW(
        _ tensors: [Tensor], gradients: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor], count: Tensor,
        step: AdamWStep
    ) throws {
        try adamWOperator.results([
            .tensors(tensors), .tensors(gradients), .tensors(firstMoments), .tensors(secondMoments), .tensors([]),
            .tensors(tensors.map { _ in count }), .double(step.learningRate), .double(step.betas.0),
            .double(step.betas.1), .double(step.weightDecay), .double(step.epsilon), false, false,
        ])
    }
}
