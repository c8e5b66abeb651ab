private let addOperator = Operator("aten::add", overload: "Tensor")
private let subtractOperator = Operator("aten::sub", overload: "Tensor")
private let multiplyOperator = Operator("aten::mul", overload: "Tensor")
private let divideOperator = Operator("aten::div", overload: "Tensor")
private let addScalarOperator = Operator("aten::add", overload: "Scalar")
private let multiplyScalarOperator = Operator("aten::mul", overload: "Scalar")
private let divideScalarOperator = Operator("aten::div", overload: "Scalar")
private let negateOperator = Operator("aten::neg")
private let exponentialOperator = Operator("aten::exp")
private let logarithmOperator = Operator("aten::log")
private let squareRootOperator = Operator("aten::sqrt")
private let sigmoidOperator = Operator("aten::sigmoid")
private let logSigmoidOperator = Operator("aten::log_sigmoid")
private let absoluteOperator = Operator("aten::abs")
private let clampOperator = Operator("aten::clamp")
private let clampInPlaceOperator = Operator("aten::clamp_")
private let copyInPlaceOperator = Operator("aten::copy_")
private let addInPlaceOperator = Operator("aten::add_", overload: "Tensor")
private let lerpInPlaceOperator = Operator("aten::lerp_", overload: "Scalar")
private let maximumOperator = Operator("aten::maximum")
private let logAddExpOperator = Operator("aten::logaddexp")
private let copyRowsOperator = Operator("aten::index_copy_")
private let greaterOperator = Operator("aten::gt", overload: "Tensor")
private let fillOperator = Operator("aten::masked_fill", overload: "Scalar")
private let equalOperator = Operator("aten::eq", overload: "Tensor")
private let equalScalarOperator = Operator("aten::eq", overload: "Scalar")

/// Elementwise arithmetic; shapes broadcast as in NumPy.
extension Tensor {
    public static func + (left: Tensor, right: Tensor) throws -> Tensor {
        try addOperator(.tensor(left), .tensor(right))
    }

    public static func - (left: Tensor, right: Tensor) throws -> Tensor {
        try subtractOperator(.tensor(left), .tensor(right))
    }

    public static func * (left: Tensor, right: Tensor) throws -> Tensor {
        try multiplyOperator(.tensor(left), .tensor(right))
    }

    public static func / (left: Tensor, right: Tensor) throws -> Tensor {
        try divideOperator(.tensor(left), .tensor(right))
    }

    public static func + (left: Tensor, right: Double) throws -> Tensor {
        try addScalarOperator(.tensor(left), .double(right))
    }

    public static func * (left: Tensor, right: Double) throws -> Tensor {
        try multiplyScalarOperator(.tensor(left), .double(right))
    }

    public static func / (left: Tensor, right: Double) throws -> Tensor {
        try divideScalarOperator(.tensor(left), .double(right))
    }

    public static prefix func - (tensor: Tensor) throws -> Tensor { try negateOperator(.tensor(tensor)) }

    /// e to the power of each element.
    public func exponential() throws -> Tensor { try exponentialOperator(.tensor(self)) }

    /// The natural logarithm of each element.
    public func logarithm() throws -> Tensor { try logarithmOperator(.tensor(self)) }

    /// The square root of each element.
    public func squareRoot() throws -> Tensor { try squareRootOperator(.tensor(self)) }

    /// 1 / (1 + e^−x) of each element x.
    public func sigmoid() throws -> Tensor { try sigmoidOperator(.tensor(self)) }

    /// The logarithm of the sigmoid of each element, without overflow.
    public func logSigmoid() throws -> Tensor { try logSigmoidOperator(.tensor(self)) }

    /// The magnitude of each element.
    public func absolute() throws -> Tensor { try absoluteOperator(.tensor(self)) }

    /// Each element, held within bounds.
    public func clamped(_ bounds: ClosedRange<Double>) throws -> Tensor {
        try clampOperator(.tensor(self), .double(bounds.lowerBound), .double(bounds.upperBound))
    }

    /// The larger of each two elements.
    public func maximum(_ other: Tensor) throws -> Tensor { try maximumOperator(.tensor(self), .tensor(other)) }

    /// ln(exp a + exp b) of each two elements, without overflow.
    public func logAddExp(_ other: Tensor) throws -> Tensor { try logAddExpOperator(.tensor(self), .tensor(other)) }

    /// 1 where the elements are equal, as booleans.
    public func equal(to other: Tensor) throws -> Tensor { try equalOperator(.tensor(self), .tensor(other)) }

    /// 1 where the elements equal a number, as booleans.
    public func equal(to value: Int) throws -> Tensor { try equalScalarOperator(.tensor(self), .int(value)) }
}

extension Tensor {
    /// 1 where an element is greater than the other, as booleans.
    public func isGreater(than other: Tensor) throws -> Tensor { try greaterOperator(.tensor(self), .tensor(other)) }

    /// The elements, with `value` in the places where `mask`, of booleans, is 1.
    public func filled(with value: Double, where mask: Tensor) throws -> Tensor {
        try fillOperator(.tensor(self), .tensor(mask), .double(value))
    }
}

/// Changes in place. Every tensor that shares the memory changes with it.
extension Tensor {
    /// Holds each element within bounds.
    public func clamp(_ bounds: ClosedRange<Double>) throws {
        try clampInPlaceOperator.results([.tensor(self), .double(bounds.lowerBound), .double(bounds.upperBound)])
    }

    /// Takes over the elements of another tensor, converted to this one's type and moved to its device.
    public func copy(from other: Tensor) throws {
        try copyInPlaceOperator.results([.tensor(self), .tensor(other)])
    }

    /// Takes over rows, each at its index (int64) of the first axis. No index may come twice.
    public func copy(_ rows: Tensor, at indices: Tensor) throws {
        try copyRowsOperator.results([.tensor(self), 0, .tensor(indices), .tensor(rows)])
    }

    /// Adds another tensor, multiplied by a factor.
    public func add(_ other: Tensor, times factor: Double = 1) throws {
        try addInPlaceOperator.results([.tensor(self), .tensor(other), .double(factor)])
    }

    /// Moves towards another tensor: self + weight · (other − self).
    public func interpolate(towards other: Tensor, weight: Double) throws {
        try lerpInPlaceOperator.results([.tensor(self), .tensor(other), .double(weight)])
    }
}
