import CLIPTensor

/// x·Wᵀ + b over the last axis, and what an adapter adds to it.
struct Linear {
    let weight: Tensor
    let bias: Tensor
    let adapter: LowRankFactors?
    let name: String

    init(
        _ scope: ParameterScope, in input: Int, out output: Int, weight: Initialisation? = nil,
        bias: Initialisation? = nil
    ) throws {
        name = scope.name
        self.weight = try scope.parameter("weight", [output, input], weight ?? .fanIn(input))
        self.bias = try scope.parameter("bias", [output], bias ?? .fanIn(input))
        adapter = scope.adapter()
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
        let result = try x.linear(weight: weight, bias: bias)
        return try adapter.map { try result + $0(x) } ?? result
    }
}

/// Layer normalisation over the last axis; the result has the type of the input.
struct LayerNorm {
    let weight: Tensor
    let bias: Tensor
    let epsilon: Double
    let name: String

    init(_ scope: ParameterScope, width: Int, epsilon: Double) throws {
        name = scope.name
        weight = try scope.parameter("weight", [width], .ones)
        bias = try scope.parameter("bias", [width], .zeros)
        self.epsilon = epsilon
    }

    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
        pass.recorded(name, try x.layerNorm(weight: weight, bias: bias, epsilon: epsilon).cast(to: x.dtype))
    }
}
