internal import CLIPTensor

/// How a tensor is drawn at the start of training.
public enum Initialisation: Sendable, Hashable {
    case zeros
    case ones
    case constant(Double)
    /// N(0, σ²).
    case normal(deviation: Double)
    /// U(−bound, bound).
    case uniform(bound: Double)
    /// The positions of a class token and of `grid` × `grid` patches: N(0, σ²) as published.
    case imagePositions(grid: Int, deviation: Double)

    /// What PyTorch's linear and convolution layers do by default: U(±1/√fan-in), for weights and biases alike
    /// (He et al. 2015 with a = √5).
    public static func fanIn(_ count: Int) -> Initialisation { .uniform(bound: 1 / Double(count).squareRoot()) }

    /// U(±√(6 / (in + out))) (Glorot and Bengio 2010), as PyTorch draws the joint projection of an attention.
    public static func glorot(in input: Int, out output: Int) -> Initialisation {
        .uniform(bound: (6 / Double(input + output)).squareRoot())
    }

    func draw(_ shape: [Int], using generator: RandomGenerator) throws -> Tensor {
        switch self {
        case .zeros: try Tensor.zeros(shape)
        case .ones: try Tensor.ones(shape)
        case .constant(let value): try Tensor.full(shape, value)
        case .normal(let deviation), .imagePositions(_, let deviation):
            try Tensor.normal(shape, deviation: deviation, using: generator)
        case .uniform(let bound): try Tensor.uniform(shape, from: -bound, to: bound, using: generator)
        }
    }
}
