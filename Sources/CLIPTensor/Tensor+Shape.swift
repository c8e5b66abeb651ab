private let reshapeOperator = Operator("aten::reshape")
private let permuteOperator = Operator("aten::permute")
private let transposeOperator = Operator("aten::transpose", overload: "int")
private let contiguousOperator = Operator("aten::contiguous")
private let expandOperator = Operator("aten::expand")
private let concatenateOperator = Operator("aten::cat")
private let stackOperator = Operator("aten::stack")
private let sliceOperator = Operator("aten::slice", overload: "Tensor")
private let selectOperator = Operator("aten::select", overload: "int")
private let chunkOperator = Operator("aten::chunk")
private let unsqueezeOperator = Operator("aten::unsqueeze")
private let squeezeOperator = Operator("aten::squeeze", overload: "dim")
private let indexSelectOperator = Operator("aten::index_select")
private let gatherOperator = Operator("aten::gather")
private let convertOperator = Operator("aten::to", overload: "dtype")
private let moveOperator = Operator("aten::to", overload: "device")
private let cloneOperator = Operator("aten::clone")
private let stridedOperator = Operator("aten::as_strided")
private let repeatOperator = Operator("aten::repeat")

/// Shapes: the same elements, seen or arranged otherwise.
extension Tensor {
    /// The same elements in another shape; one size may be −1 and is worked out.
    public func reshaped(_ shape: Int...) throws -> Tensor { try reshaped(shape) }

    /// The same elements in another shape; one size may be −1 and is worked out.
    public func reshaped(_ shape: [Int]) throws -> Tensor { try reshapeOperator(.tensor(self), .ints(shape)) }

    /// The axes in another order.
    public func permuted(_ axes: Int...) throws -> Tensor { try permuteOperator(.tensor(self), .ints(axes)) }

    /// Two axes exchanged.
    public func transposed(_ first: Int = -2, _ second: Int = -1) throws -> Tensor {
        try transposeOperator(.tensor(self), .int(first), .int(second))
    }

    /// The elements in row-major order; the tensor itself where they are already.
    public func contiguous() throws -> Tensor { try contiguousOperator(.tensor(self)) }

    /// Axes of size 1 repeated to a shape without a copy; −1 keeps an axis.
    public func expanded(_ shape: [Int]) throws -> Tensor { try expandOperator(.tensor(self), .ints(shape)) }

    /// Elements of a tensor in memory, beginning with its first, seen with sizes and with steps between neighbours.
    package func strided(_ shape: [Int], by strides: [Int]) throws -> Tensor {
        try stridedOperator(.tensor(self), .ints(shape), .ints(strides))
    }

    /// The whole tensor repeated along each axis.
    public func repeated(_ counts: [Int]) throws -> Tensor { try repeatOperator(.tensor(self), .ints(counts)) }

    /// The part `range` of an axis.
    public func slice(_ axis: Int, _ range: Range<Int>) throws -> Tensor {
        try sliceOperator(.tensor(self), .int(axis), .int(range.lowerBound), .int(range.upperBound))
    }

    /// One index of an axis, which falls away.
    public func select(_ axis: Int, _ index: Int) throws -> Tensor {
        try selectOperator(.tensor(self), .int(axis), .int(index))
    }

    /// An axis of size 1 put in before `axis`.
    public func unsqueezed(_ axis: Int) throws -> Tensor { try unsqueezeOperator(.tensor(self), .int(axis)) }

    /// An axis of size 1 taken out.
    public func squeezed(_ axis: Int) throws -> Tensor { try squeezeOperator(.tensor(self), .int(axis)) }

    /// `count` parts of equal size along an axis.
    public func chunks(_ count: Int, axis: Int) throws -> [Tensor] {
        guard case .tensors(let parts)? = try chunkOperator.results([.tensor(self), .int(count), .int(axis)]).first
        else {
            throw TensorError("aten::chunk: expected a list of tensors as its result")
        }
        return parts
    }

    /// The given indices (int64 `[n]`) of an axis.
    public func indexed(_ axis: Int, by indices: Tensor) throws -> Tensor {
        try indexSelectOperator(.tensor(self), .int(axis), .tensor(indices))
    }

    /// For each position of `indices` (int64), the element at that index of `axis`.
    public func gathered(_ axis: Int, at indices: Tensor) throws -> Tensor {
        try gatherOperator(.tensor(self), .int(axis), .tensor(indices))
    }

    /// Tensors put one after the other along an axis.
    public static func concatenated(_ tensors: [Tensor], axis: Int) throws -> Tensor {
        try concatenateOperator(.tensors(tensors), .int(axis))
    }

    /// Tensors of one shape put together along a new axis.
    public static func stacked(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
        try stackOperator(.tensors(tensors), .int(axis))
    }
}

/// Types and devices.
extension Tensor {
    /// The elements converted to a type; the tensor itself where they have it.
    public func cast(to dtype: DType) throws -> Tensor { try convertOperator(.tensor(self), .dtype(dtype)) }

    /// The tensor on a device; itself where it is there.
    public func moved(to device: Device) throws -> Tensor {
        if device == self.device { return self }
        return try moveOperator(.tensor(self), .device(device), .dtype(dtype))
    }

    /// A copy with memory of its own.
    public func cloned() throws -> Tensor { try cloneOperator(.tensor(self)) }
}
