public import CLIPTensor

// Shapes: B batch, L patches, D width, H heads, K width of a head.

/// SigLIP's vision transformer: pixels to an embedding as wide as its stream.
public struct SigLIPVisionTransformer {
    /// The architecture.
    public let configuration: SigLIPVisionConfiguration
    let patches: PatchEmbedding
    let positionEmbedding: Tensor
    let transformer: Transformer
    let normAfter: LayerNorm
    let pool: LatentAttentionPool

    init(_ scope: ParameterScope, _ configuration: SigLIPVisionConfiguration) throws {
        self.configuration = configuration
        let (width, grid) = (configuration.width, configuration.grid)
        positionEmbedding = try scope.parameter(
            "positional_embedding", [grid * grid, width], .normal(deviation: 1 / Double(width).squareRoot()))
        patches = try PatchEmbedding(
            scope("conv1"), patchSize: configuration.patchSize, grid: grid, width: width, hasBias: true)
        transformer = try Transformer(scope("transformer"), configuration.size, .standard)
        normAfter = try LayerNorm(scope("ln_post"), width: width, epsilon: configuration.normEpsilon)
        pool = try LatentAttentionPool(scope("attn_pool"), configuration)
    }

    /// `[B, 3, height, width]` normalised pixels → `[B, D]`, not normalised.
    public func callAsFunction(_ pixels: Tensor, _ pass: Pass) throws -> Tensor {
        let patches_BLD = try patches(pixels, pass)
        let placed_BLD = try pass.kept(patches_BLD + positionEmbedding.cast(to: patches_BLD.dtype))
        let layout = SequenceLayout(batch: placed_BLD.size(0), length: placed_BLD.size(1))
        return try pool(normAfter(transformer(pass.stream(placed_BLD), layout, pass), pass), pass)
    }
}

/// A learned query asks and all patches answer; then a perceptron (Zhai et al. 2022, "MAP head").
struct LatentAttentionPool {
    let probe: Tensor
    let jointWeight: Tensor
    let jointBias: Tensor
    let output: Linear
    let perceptronNorm: LayerNorm
    let hidden: Linear
    let projection: Linear
    let activation: Activation
    let heads: Int
    let name: String

    init(_ scope: ParameterScope, _ configuration: SigLIPVisionConfiguration) throws {
        let width = configuration.width
        name = scope.name
        heads = configuration.heads
        activation = configuration.activation
        probe = try scope.parameter("probe", [1, 1, width], .normal(deviation: 1 / Double(width).squareRoot()))
        let attention = scope("attn")
        jointWeight = try attention.parameter("in_proj_weight", [3 * width, width], .glorot(in: width, out: 3 * width))
        jointBias = try attention.parameter("in_proj_bias", [3 * width], .zeros)
        output = try Linear(attention("out_proj"), in: width, out: width, bias: .zeros)
        perceptronNorm = try LayerNorm(scope("ln"), width: width, epsilon: configuration.normEpsilon)
        hidden = try Linear(scope("mlp.c_fc"), in: width, out: configuration.hidden)
        projection = try Linear(scope("mlp.c_proj"), in: configuration.hidden, out: width)
    }

    /// `[B, L, D]` → `[B, D]`.
    func callAsFunction(_ x_BLD: Tensor, _ pass: Pass) throws -> Tensor {
        let (batch, width) = (x_BLD.size(0), x_BLD.size(2))
        let weights = try jointWeight.chunks(3, axis: 0)
        let biases = try jointBias.chunks(3, axis: 0)
        let query_11D = try probe.cast(to: x_BLD.dtype).linear(weight: weights[0], bias: biases[0])
        let mixed_BH1K = try Tensor.attention(
            query: split(query_11D.expanded([batch, 1, width])),
            key: split(x_BLD.linear(weight: weights[1], bias: biases[1])),
            value: split(x_BLD.linear(weight: weights[2], bias: biases[2])))
        let attended_BD = try output(mixed_BH1K.transposed(1, 2).reshaped(batch, width))
        let perceived_BD = try projection(activation(hidden(perceptronNorm(attended_BD, pass))))
        return pass.recorded(name, try attended_BD + perceived_BD)
    }

    /// `[B, L, D]` → `[B, H, L, K]`.
    private func split(_ x_BLD: Tensor) throws -> Tensor {
        try x_BLD.reshaped(x_BLD.size(0), x_BLD.size(1), heads, -1).transposed(1, 2)
    }
}

extension SigLIPVisionConfiguration {
    var size: TransformerSize {
        TransformerSize(
            width: width, layers: layers, heads: heads, mlpRatio: mlpRatio, normEpsilon: normEpsilon, isCausal: false,
            activation: activation)
    }
}
