internal import CCLIPTorch

/// A sequence of random numbers that a seed repeats, apart from every other sequence of the process.
public final class RandomGenerator {
    let reference: clip_generator_ref

    /// A generator at the beginning of a seed's sequence.
    public init(seed: UInt64) throws {
        let made = try checked("a random generator") { clip_generator_make(seed, &$0) }
        guard let made else { throw TensorError("a random generator: none and no reason") }
        reference = made
    }

    deinit {
        clip_generator_release(reference)
    }
}

private let zerosOperator = Operator("aten::zeros")
private let onesOperator = Operator("aten::ones")
private let fullOperator = Operator("aten::full")
private let normalOperator = Operator("aten::randn", overload: "generator")
private let uniformOperator = Operator("aten::rand", overload: "generator")
private let arangeOperator = Operator("aten::arange")
private let zerosLikeOperator = Operator("aten::zeros_like")

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

    /// Samples of the normal distribution, on the CPU.
    public static func normal(
        _ shape: [Int], mean: Double = 0, deviation: Double = 1, using generator: RandomGenerator
    ) throws -> Tensor {
        try normalOperator(.ints(shape), .generator(generator), .dtype(.float32)) * deviation + mean
    }

    /// Samples of the uniform distribution over `lower..<upper`, on the CPU.
    public static func uniform(
        _ shape: [Int], from lower: Double, to upper: Double, using generator: RandomGenerator
    ) throws -> Tensor {
        try uniformOperator(.ints(shape), .generator(generator), .dtype(.float32)) * (upper - lower) + lower
    }

    /// 0, 1, … count − 1 as 64-bit integers.
    public static func range(_ count: Int, device: Device = .cpu) throws -> Tensor {
        try arangeOperator(.int(count), .dtype(.int64), nil, .device(device))
    }
}
