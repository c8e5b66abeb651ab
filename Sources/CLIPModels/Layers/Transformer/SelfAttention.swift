import CLIPTensor

// Shapes: B batch, L length, D width, H heads, K width of a head; a stream is [B, L, D] or, packed, [rows, D].

/// Multi-head self-attention with one joint projection (Vaswani et al. 2017).
struct SelfAttention {
    let jointWeight: Tensor
    let jointBias: Tensor
    let output: Linear
    /// Of query, key and value.
    let adapters: [LowRankFactors?]
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
        adapters = AdaptedProjection.joint.map { scope.adapter($0.rawValue) }
    }

    /// A stream → what is added to it.
    func callAsFunction(_ x: Tensor, _ layout: SequenceLayout, _ pass: Pass) throws -> Tensor {
        let joint_BLX = try layout.arranged(adapted(x.linear(weight: jointWeight, bias: jointBias), of: x, 0..<3))
        let mixed_BHLK = try mix(joint_BLX.chunks(3, axis: -1).map(split), isCausal: isCausal, pass)
        return pass.recorded(name, try output(layout.rows(join(mixed_BHLK))))
    }

    /// A stream → what is added to it at one position of each sequence, `[B, D]`.
    func callAsFunction(
        _ x: Tensor, at positions: ReadPositions, _ layout: SequenceLayout, _ pass: Pass
    ) throws -> Tensor {
        let width = jointWeight.size(1)
        func projected(_ x: Tensor, _ parts: Range<Int>) throws -> Tensor {
            let rows = parts.lowerBound * width..<parts.upperBound * width
            return try adapted(
                x.linear(weight: jointWeight.slice(0, rows), bias: jointBias.slice(0, rows)), of: x, parts)
        }
        let query_B1D = try projected(positions.select(from: x), 0..<1).unsqueezed(1)
        let joint_BLX = try layout.arranged(projected(x, 1..<3))
        let mask = isCausal ? try positions.visible(layout, joint_BLX.dtype) : nil
        let parts = try [query_B1D] + joint_BLX.chunks(2, axis: -1)
        let mixed_BH1K = try mix(parts.map(split), mask: mask, pass)
        return try output(join(mixed_BH1K).squeezed(1))
    }

    /// Some of queries, keys and values side by side, with what their adapters add to them.
    private func adapted(_ joint: Tensor, of x: Tensor, _ parts: Range<Int>) throws -> Tensor {
        guard adapters[parts].contains(where: { $0 != nil }) else { return joint }
        let changed = try zip(joint.chunks(parts.count, axis: -1), adapters[parts]).map { part, adapter in
            try adapter.map { try part + $0(x) } ?? part
        }
        return try Tensor.concatenated(changed, axis: -1)
    }

    /// Queries, keys and values `[B, H, L, K]` → `[B, H, L, K]`.
    private func mix(_ parts: [Tensor], isCausal: Bool = false, mask: Tensor? = nil, _ pass: Pass) throws -> Tensor {
        let (query, key, value) = (parts[0], parts[1], parts[2])
        // What is locked has no gradient, and takes the faster way.
        let isTrained = pass.recomputesBlocks || parts.contains(where: \.requiresGradient)
        return pass.isTraining && isTrained && query.device == .cpu
            ? try Tensor.unfusedAttention(query: query, key: key, value: value, isCausal: isCausal, mask: mask)
            : try Tensor.attention(query: query, key: key, value: value, isCausal: isCausal, mask: mask)
    }

    /// `[B, L, D]` → `[B, H, L, K]`.
    private func split(_ x_BLD: Tensor) throws -> Tensor {
        try x_BLD.reshaped(x_BLD.size(0), x_BLD.size(1), heads, -1).transposed(1, 2)
    }

    /// `[B, H, L, K]` → `[B, L, D]`.
    private func join(_ x_BHLK: Tensor) throws -> Tensor {
        try x_BHLK.transposed(1, 2).reshaped(x_BHLK.size(0), x_BHLK.size(2), -1)
    }
}
