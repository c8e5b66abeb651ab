import CLIPTensor

// Shapes: B batch, L length, D width, F width of the hidden layer, H heads, K width of a head.

/// The sizes of a stack of blocks.
struct TransformerSize {
    var width: Int
    var layers: Int
    var heads: Int
    var mlpRatio: Double
    var normEpsilon: Double
    var isCausal: Bool
    var activation: Activation
    /// What the gains on the results of attention and perceptron begin with; nil is no gains.
    var layerScale: Double?

    var hidden: Int { Int(Double(width) * mlpRatio) }
}

/// How a stack of blocks is drawn.
enum TransformerInitialisation {
    /// PyTorch's defaults, as the published image towers have them.
    case standard
    /// Deviations that keep the residual stream level, as the published text towers have them.
    case scaled

    func joint(_ size: TransformerSize) -> Initialisation {
        switch self {
        case .standard: .glorot(in: size.width, out: 3 * size.width)
        case .scaled: .normal(deviation: 1 / Double(size.width).squareRoot())
        }
    }

    func output(_ size: TransformerSize) -> Initialisation? {
        switch self {
        case .standard: nil
        case .scaled: .normal(deviation: 1 / Double(size.width * 2 * size.layers).squareRoot())
        }
    }

    func hidden(_ size: TransformerSize) -> Initialisation? {
        switch self {
        case .standard: nil
        case .scaled: .normal(deviation: 1 / Double(2 * size.width).squareRoot())
        }
    }
}

/// Multi-head self-attention with one joint projection (Vaswani et al. 2017).
struct SelfAttention {
    let jointWeight: Tensor
    let jointBias: Tensor
    let output: Linear
    let heads: Int
    let isCausal: Bool
    let name: String

    init(_ scope: ParameterScope, _ size: TransformerSize, _ initialisation: TransformerInitialisation) throws {
        name = scope.name
        heads = size.heads
        isCausal = size.isCausal
        jointWeight = try scope.parameter("in_proj_weight", [3 * size.width, size.width], initialisation.joint(size))
        jointBias = try scope.parameter("in_proj_bias", [3 * size.width], .zeros)
        output = try Linear(
            scope("out_proj"), in: size.width, out: size.width, weight: initialisation.output(size), bias: .zeros)
    }

    /// `[B, L, D]` → `[B, L, D]`.
    func callAsFunction(_ x_BLD: Tensor, _ pass: Pass) throws -> Tensor {
        let (batch, length, width) = (x_BLD.size(0), x_BLD.size(1), x_BLD.size(2))
        let joint = try x_BLD.linear(weight: jointWeight, bias: jointBias).chunks(3, axis: -1)
        let parts_BHLK = try joint.map { try $0.reshaped(batch, length, heads, width / heads).transposed(1, 2) }
        let attend = pass.isTraining && x_BLD.device == .cpu ? Tensor.unfusedAttention : Tensor.attention
        let mixed_BHLK = try attend(parts_BHLK[0], parts_BHLK[1], parts_BHLK[2], isCausal)
        return pass.recorded(name, try output(mixed_BHLK.transposed(1, 2).reshaped(batch, length, width)))
    }
}

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

    /// `[B, L, D]` → `[B, L, D]`.
    func callAsFunction(_ x_BLD: Tensor, _ pass: Pass) throws -> Tensor {
        let mixed_BLD = try attention(attentionNorm(x_BLD, pass), pass)
        let attended_BLD = try x_BLD + (attentionScale?(mixed_BLD) ?? mixed_BLD)
        let hidden_BLF = pass.recorded(hidden.name, try hidden(perceptronNorm(attended_BLD, pass)))
        let active_BLF = pass.recorded("\(name).mlp.gelu", try activation(hidden_BLF))
        let perceived_BLD = pass.recorded("\(name).mlp", try projection(active_BLF))
        return pass.recorded(name, try attended_BLD + (perceptronScale?(perceived_BLD) ?? perceived_BLD))
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

/// A stack of blocks.
struct Transformer {
    let blocks: [ResidualAttentionBlock]

    init(_ scope: ParameterScope, _ size: TransformerSize, _ initialisation: TransformerInitialisation) throws {
        let list = scope("resblocks")
        blocks = try (0..<size.layers).map { try ResidualAttentionBlock(list($0), size, initialisation) }
    }

    /// `[B, L, D]` → `[B, L, D]`.
    func callAsFunction(_ x_BLD: Tensor, _ pass: Pass) throws -> Tensor {
        try blocks.reduce(x_BLD) { stream, block in try block(stream, pass) }
    }
}
