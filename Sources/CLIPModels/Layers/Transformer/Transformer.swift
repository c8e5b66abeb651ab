import CLIPTensor

// Shapes: B batch, L length, D width; a stream is [B, L, D] or, packed, [rows, D].

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

/// A stack of blocks.
struct Transformer {
    let blocks: [ResidualAttentionBlock]

    init(_ scope: ParameterScope, _ size: TransformerSize, _ initialisation: TransformerInitialisation) throws {
        let list = scope("resblocks")
        blocks = try (0..<size.layers).map { try ResidualAttentionBlock(list($0), size, initialisation) }
    }

    /// A stream → the stream.
    func callAsFunction(_ x: Tensor, _ layout: SequenceLayout, _ pass: Pass) throws -> Tensor {
        try run(blocks[...], x, layout, pass)
    }

    /// A stream → the stream at one position of each sequence, `[B, D]`. The last block works out nothing else, unless the
    /// pass records what it does.
    func callAsFunction(
        _ x: Tensor, at positions: ReadPositions, _ layout: SequenceLayout, _ pass: Pass
    ) throws -> Tensor {
        guard pass.trace == nil, let last = blocks.last else {
            return try positions.select(from: self(x, layout, pass))
        }
        return try last(run(blocks.dropLast(), x, layout, pass), at: positions, layout, pass)
    }

    private func run(
        _ blocks: ArraySlice<ResidualAttentionBlock>, _ x: Tensor, _ layout: SequenceLayout, _ pass: Pass
    ) throws -> Tensor {
        try blocks.reduce(x) { stream, block in
            try pass.recomputed(stream, parameter: block.trainedParameter) { try block($0, layout, $1) }
        }
    }
}
