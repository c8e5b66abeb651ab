import CLIPTensor

/// A block: attention and a perceptron, each behind a norm and added to the stream.
struct ResidualAttentionBlock {
    let attentionNorm: LayerNorm
    let attention: SelfAttention
    let perceptronNorm: LayerNorm
    let hidden: Linear
    let projection: Linear
    let attentionScale: LayerScale?
    let perceptronScale: LayerScale?
    let activation: Activation
    let name: String

    init(_ scope: ParameterScope, _ size: TransformerSize, _ initialisation: TransformerInitialisation) throws {
        name = scope.name
        activation = size.activation
        attentionNorm = try LayerNorm(scope("ln_1"), width: size.width, epsilon: size.normEpsilon)
        attention = try SelfAttention(scope("attn"), size, initialisation)
        perceptronNorm = try LayerNorm(scope("ln_2"), width: size.width, epsilon: size.normEpsilon)
        hidden = try Linear(
            scope("mlp.c_fc"), in: size.width, out: size.hidden, weight: initialisation.hidden(size))
        projection = try Linear(
            scope("mlp.c_proj"), in: size.hidden, out: size.width, weight: initialisation.output(size))
        attentionScale = try size.layerScale.map { try LayerScale(scope("ls_1"), width: size.width, value: $0) }
        perceptronScale = try size.layerScale.map { try LayerScale(scope("ls_2"), width: size.width, value: $0) }
    }

    /// A stream → the stream.
    func callAsFunction(_ x: Tensor, _ layout: SequenceLayout, _ pass: Pass) throws -> Tensor {
        let mixed = try attention(attentionNorm(x, pass), layout, pass)
        return pass.recorded(name, try perceived(x + (attentionScale?(mixed) ?? mixed), pass))
    }

    /// A stream → the stream at one position of each sequence, `[B, D]`.
    func callAsFunction(
        _ x: Tensor, at positions: ReadPositions, _ layout: SequenceLayout, _ pass: Pass
    ) throws -> Tensor {
        let mixed_BD = try attention(attentionNorm(x, pass), at: positions, layout, pass)
        return try perceived(positions.select(from: x) + (attentionScale?(mixed_BD) ?? mixed_BD), pass)
    }

    /// A parameter that has a gradient wherever one of the block has: an adapter's, where there is one.
    var trainedParameter: Tensor {
        let adapters = [hidden.adapter, projection.adapter, attention.output.adapter] + attention.adapters
        return adapters.lazy.compactMap { $0?.up }.first ?? projection.bias
    }

    /// The stream behind the attention → the stream behind the perceptron.
    private func perceived(_ attended: Tensor, _ pass: Pass) throws -> Tensor {
        let inner = pass.recorded(hidden.name, try hidden(perceptronNorm(attended, pass)))
        let active = pass.recorded("\(name).mlp.gelu", try activation(inner))
        let result = pass.recorded("\(name).mlp", try projection(active))
        return try attended + (perceptronScale?(result) ?? result)
    }
}

/// A learned gain for each channel of what a block adds to the stream (Touvron et al. 2021).
struct LayerScale {
    let gamma: Tensor

    init(_ scope: ParameterScope, width: Int, value: Double) throws {
        gamma = try scope.parameter("gamma", [width], .constant(value))
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor { try x * gamma.cast(to: x.dtype) }
}
