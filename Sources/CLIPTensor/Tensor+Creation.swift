private let zerosOperator = Operator("aten::zeros")
private let onesOperator = Operator("aten::ones")
private let fullOperator = Operator("aten::full")
private let normalOperator = Operator("aten::randn")
private let uniformOperator = Operator("aten::rand")
private let arangeOperator = Operator("aten::arange")
private let zerosLikeOperator = Operator("aten::zeros_like")
private let permutationOperator = Operator("aten::randperm")

extension Tensor {
    /// A tensor of zeros.
    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try zerosOperator(.ints(shape), .dtype(dtype), nil, .device(device))
    }

    /// A tensor of ones.
    public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try onesOperator(.ints(shape), .dtype(dtype), nil, .device(device))
    }

    /// A tensor with the same value everywhere.
    public static func full(
        _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
    ) throws -> Tensor {
        try fullOperator(.ints(shape), .double(value), .dtype(dtype), nil, .device(device))
    }

    /// Zeros in the shape, type and place of this tensor.
    public func zerosLike() throws -> Tensor { try zerosLikeOperator(.tensor(self)) }

    /// Samples of the normal distribution, from the process's generator (``Engine/seed(_:)``).
    public static func normal(
        _ shape: [Int], mean: Double = 0, deviation: Double = 1, device: Device = .cpu
    ) throws -> Tensor {
        try normalOperator(.ints(shape), .dtype(.float32), nil, .device(device)) * deviation + mean
    }

    /// Samples of the uniform distribution over `lower..<upper`, from the process's generator.
    public static func uniform(_ shape: [Int], from lower: Double, to upper: Double, device: Device = .cpu) throws
        -> Tensor
    {
        try uniformOperator(.ints(shape), .dtype(.float32), nil, .device(device)) * (upper - lower) + lower
    }

    /// 0, 1, … count − 1 as 64-bit integers.
    public static func range(_ count: Int, device: Device = .cpu) throws -> Tensor {
        try arangeOperator(.int(count), .dtype(.int64), nil, .device(device))
    }

    /// 0 … count − 1 in a random order, as 64-bit integers.
    public static func permutation(_ count: Int, device: Device = .cpu) throws -> Tensor {
        try permutationOperator(.int(count), .dtype(.int64), nil, .device(device))
    }
}
