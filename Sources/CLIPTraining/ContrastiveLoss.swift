public import CLIPTensor

// Shapes: B pairs in the batch, E embedding.

/// CLIP's loss: each image picks its text among the batch's, and each text its image (Radford et al. 2021).
public struct ContrastiveLoss: Sendable {
    /// Whether pairs with equal captions match one another as well, each with an equal share of the target
    /// (Yang et al. 2022); else an image's twin caption counts as wrong.
    public var equalCaptionsMatch = false

    /// The weight of a second term in which pairs 2i and 2i + 1, a scene and its mirrored twin, choose between their two
    /// captions only, and their captions between the two of them; 0 leaves it out.
    public var twinWeight = 0.0

    /// The published loss, unless equal captions are to match or twins to be told apart.
    public init(equalCaptionsMatch: Bool = false, twinWeight: Double = 0) {
        self.equalCaptionsMatch = equalCaptionsMatch
        self.twinWeight = twinWeight
    }

    /// The mean of both directions' cross entropies, a scalar.
    ///
    /// - Parameters:
    ///   - logits: scaled cosines `[B, B]`, images in rows, texts in columns.
    ///   - firstEqual: for each pair the first one of the batch with the same caption.
    public func callAsFunction(logits: Tensor, firstEqual: [Int32]) throws -> Tensor {
        let loss = try overBatch(logits: logits, firstEqual: firstEqual)
        return twinWeight > 0 ? try loss + overTwins(logits: logits) * twinWeight : loss
    }

    /// The mean over all pairs of −log σ(own − twin's logit), in both directions.
    private func overTwins(logits: Tensor) throws -> Tensor {
        let count = logits.size(0)
        precondition(count % 2 == 0, "twins come in pairs")
        let places = (0..<count).flatMap { [Int64($0), Int64($0 ^ 1)] }
        let columns = try Tensor(places, shape: [count, 2]).moved(to: logits.device)
        let choices = try [logits, logits.transposed()].map { try $0.gathered(1, at: columns) }
        let margins = try choices.map { try $0.select(1, 0) - $0.select(1, 1) }
        return try -(margins[0].logSigmoid().mean() + margins[1].logSigmoid().mean()) / 2
    }

    private func overBatch(logits: Tensor, firstEqual: [Int32]) throws -> Tensor {
        let count = logits.size(0)
        precondition(firstEqual.count == count, "a number for each pair of the batch")
        let isDistinct = firstEqual.enumerated().allSatisfy { $0.offset == Int($0.element) }
        guard equalCaptionsMatch, !isDistinct else {
            let diagonal = try Tensor.range(count, device: logits.device)
            let both = try logits.crossEntropy(targets: diagonal) + logits.transposed().crossEntropy(targets: diagonal)
            return try both / 2
        }
        let targets = try Self.shares(firstEqual).moved(to: logits.device)
        return try (softCrossEntropy(logits, targets) + softCrossEntropy(logits.transposed(), targets)) / 2
    }

    /// The share of each pair in each pair's target `[B, B]`: rows sum to 1.
    static func shares(_ firstEqual: [Int32]) throws -> Tensor {
        let count = firstEqual.count
        var sizes = [Int](repeating: 0, count: count)
        for first in firstEqual { sizes[Int(first)] += 1 }
        var shares = [Float](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in 0..<count where firstEqual[row] == firstEqual[column] {
                shares[row * count + column] = 1 / Float(sizes[Int(firstEqual[row])])
            }
        }
        return try Tensor(shares, shape: [count, count])
    }

    private func softCrossEntropy(_ logits: Tensor, _ targets: Tensor) throws -> Tensor {
        try -(targets * logits.logSoftmax()).sum(1).mean()
    }
}
