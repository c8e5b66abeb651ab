internal import CLIPModels
internal import CLIPTensor

/// The precision in which an encoder multiplies.
public enum EncoderPrecision: String, Sendable, Hashable, CaseIterable {
    /// 32-bit numbers throughout: agrees with the references to 1e-4 in every component.
    case float32 = "fp32"
    /// Products of 16-bit numbers, sums and norms in 32: a cosine of at least 0.999 to `float32`. Faster where the processor
    /// multiplies such numbers.
    case bfloat16 = "bf16"
}

extension EncoderPrecision {
    /// The weights in the types in which they are multiplied, so that no pass converts them again.
    func prepared(_ parameters: LoadedParameters) -> any ParameterSource {
        self == .bfloat16 ? HalvedMatrices(base: parameters) : parameters
    }

    /// Runs a tower with products in this precision.
    func computing<Result>(on device: Device, _ body: () throws -> Result) throws -> Result {
        try withAutocast(self == .bfloat16 ? .bfloat16 : nil, on: device, body)
    }
}

/// Weights of products in 16 bits; embeddings, gains, biases and statistics, which are added and not multiplied, in 32.
private struct HalvedMatrices: ParameterSource {
    let base: LoadedParameters

    func tensor(_ name: String, shape: [Int], initialisation: Initialisation) throws -> Tensor {
        let tensor = try base.tensor(name, shape: shape, initialisation: initialisation)
        let isFactor = shape.count > 1 && !name.contains("embedding")
        return isFactor ? try tensor.cast(to: .bfloat16) : tensor
    }
}
