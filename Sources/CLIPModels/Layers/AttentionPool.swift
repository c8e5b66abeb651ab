import CLIPTensor

// Shapes: B batch, C channels, L height · width + 1, H heads, K width of a head, E embedding.

/// Attention pooling: the mean of a map asks, and all its places answer (Radford et al. 2021).
struct AttentionPool {
    let positionEmbedding: Tensor
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    let heads: Int
    let name: String

    init(_ scope: ParameterScope, _ configuration: ModifiedResNetConfiguration, embeddingWidth: Int) throws {
        name = scope.name
        heads = configuration.heads
        let (channels, grid) = (configuration.features, configuration.grid)
        let scale = Initialisation.normal(deviation: 1 / Double(channels).squareRoot())
        positionEmbedding = try scope.parameter("positional_embedding", [grid * grid + 1, channels], scale)
        key = try Linear(scope("k_proj"), in: channels, out: channels, weight: scale)
        query = try Linear(scope("q_proj"), in: channels, out: channels, weight: scale)
        value = try Linear(scope("v_proj"), in: channels, out: channels, weight: scale)
        output = try Linear(scope("c_proj"), in: channels, out: embeddingWidth, weight: scale)
    }

    /// `[B, C, h, w]` → `[B, C]` and its projection `[B, E]`.
    func callAsFunction(_ map_BChw: Tensor, _ pass: Pass) throws -> TowerFeatures {
        let (batch, channels) = (map_BChw.size(0), map_BChw.size(1))
        let places_BLC = try map_BChw.reshaped(batch, channels, -1).transposed(1, 2)
        let all_BLC = try Tensor.concatenated([places_BLC.mean(1, keepsAxis: true), places_BLC], axis: 1)
        let placed_BLC = try all_BLC + positionEmbedding.cast(to: all_BLC.dtype)
        let mixed_BH1K = try Tensor.attention(
            query: split(query(placed_BLC.slice(1, 0..<1))), key: split(key(placed_BLC)),
            value: split(value(placed_BLC)))
        let mixed_BC = try mixed_BH1K.transposed(1, 2).reshaped(batch, channels)
        return TowerFeatures(pooled: mixed_BC, embedding: pass.recorded(name, try output(mixed_BC)))
    }

    /// `[B, L, C]` → `[B, H, L, K]`.
    private func split(_ x_BLC: Tensor) throws -> Tensor {
        try x_BLC.reshaped(x_BLC.size(0), x_BLC.size(1), heads, -1).transposed(1, 2)
    }
}
