public import CLIPTensor

// Shapes: B pairs in the batch.

/// SigLIP's loss: each image says yes or no to each text (Zhai et al. 2023), −(1/B) Σᵢⱼ ln σ(zᵢⱼ · lᵢⱼ), where z is 1 for a
/// match and −1 for all others.
public struct SigmoidLoss: Sendable {
    /// The loss.
    public init() {}

    /// The sum over all pairings over the number of pairs, a scalar. A large batch is worked out in strips.
    public func callAsFunction(_ features: PairFeatures, _ matches: Matches) throws -> Tensor {
        try Tiles.scalar(of: features) {
            try whole(logits: $0, matches)
        } tiled: {
            try tiled(features, matches, $0)
        }
    }

    /// The same from similarities `[B, B]`, images in rows, texts in columns.
    package func whole(logits: Tensor, _ matches: Matches) throws -> Tensor {
        try -(logits * signs(0..<matches.count, matches, logits.device)).logSigmoid().sum() / Double(matches.count)
    }

    /// The same in strips.
    package func tiled(_ features: PairFeatures, _ matches: Matches, _ tiles: Tiles) throws -> Tensor {
        let device = features.images.device
        return try tiles.sum(features) { strips in
            var sum = try Tensor.zeros([], device: device)
            try strips { rows, logits in sum = try sum - (logits * signs(rows, matches, device)).logSigmoid().sum() }
            return try sum / Double(matches.count)
        } slope: { rows, logits in
            let signs = try signs(rows, matches, device)
            return try -(signs * (-(logits * signs)).sigmoid()) / Double(matches.count)
        }
    }

    private func signs(_ rows: Range<Int>, _ matches: Matches, _ device: Device) throws -> Tensor {
        try matches.mask(rows, on: device) * 2 + -1
    }
}
