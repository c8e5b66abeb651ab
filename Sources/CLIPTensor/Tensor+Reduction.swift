private let sumOperator = Operator("aten::sum")
private let sumAxesOperator = Operator("aten::sum", overload: "dim_IntList")
private let meanOperator = Operator("aten::mean")
private let meanAxesOperator = Operator("aten::mean", overload: "dim")
private let maximumOperator = Operator("aten::max")
private let logSumExpOperator = Operator("aten::logsumexp")
private let argmaxOperator = Operator("aten::argmax")
private let topOperator = Operator("aten::topk")
private let normOperator = Operator("aten::linalg_vector_norm")
private let allFiniteOperator = Operator("aten::isfinite")
private let allOperator = Operator("aten::all")

/// Reductions: fewer elements than before.
extension Tensor {
    /// The sum of all elements, a scalar.
    public func sum() throws -> Tensor { try sumOperator(.tensor(self)) }

    /// The sum over an axis.
    public func sum(_ axis: Int, keepsAxis: Bool = false) throws -> Tensor {
        try sumAxesOperator(.tensor(self), [axis], .bool(keepsAxis))
    }

    /// The mean of all elements, a scalar.
    public func mean() throws -> Tensor { try meanOperator(.tensor(self)) }

    /// The mean over an axis.
    public func mean(_ axis: Int, keepsAxis: Bool = false) throws -> Tensor {
        try meanAxesOperator(.tensor(self), [axis], .bool(keepsAxis))
    }

    /// The largest element, a scalar.
    public func maximum() throws -> Tensor { try maximumOperator(.tensor(self)) }

    /// ln Σ exp over an axis, without overflow.
    public func logSumExp(_ axis: Int) throws -> Tensor { try logSumExpOperator(.tensor(self), [axis]) }

    /// The index of the largest element along an axis, int64; the first where several are largest.
    public func argmax(_ axis: Int) throws -> Tensor { try argmaxOperator(.tensor(self), .int(axis)) }

    /// The `count` largest elements along the last axis in falling order, and their indices (int64).
    public func top(_ count: Int) throws -> (values: Tensor, indices: Tensor) {
        let results = try topOperator.results([.tensor(self), .int(count), -1])
        guard case .tensor(let values) = results[0], case .tensor(let indices) = results[1] else {
            throw TensorError("aten::topk: expected two tensors as its results")
        }
        return (values, indices)
    }

    /// The Euclidean norm over an axis.
    public func norm(_ axis: Int, keepsAxis: Bool = false) throws -> Tensor {
        try normOperator(.tensor(self), 2, [axis], .bool(keepsAxis))
    }

    /// The Euclidean norm of all elements, a scalar.
    public func norm() throws -> Tensor { try normOperator(.tensor(self), 2) }

    /// Whether no element is infinite or not a number.
    public func isFinite() throws -> Bool {
        try allOperator(.tensor(allFiniteOperator(.tensor(self)))).elements(as: Bool.self)[0]
    }
}
