public import CLIPTensor

// Shapes: B pairs in the batch, E embedding.

/// CLIP's loss: each image picks its text among the batch's, and each text its image (Radford et al. 2021).
public struct ContrastiveLoss: Sendable {
    /// Whether pairs with equal captions match one another as well, each with an equal share of the target
    /// (Yang et al. 2022); else an image's twin caption counts as wrong.
    public var equalCaptionsMatch = false

    /// The published loss, unless equal captions are to match.
    public init(equalCaptionsMatch: Bool = false) {
        self.equalCaptionsMatch = equalCaptionsMatch
    }

    /// The mean of both directions' cross entropies, a scalar.
    ///
    /// - Parameters:
    ///   - logits: scaled cosines `[B, B]`, images in rows, texts in columns.
    ///   - firstEqual: for each pair the first one of the batch with the same caption.
    public func callAsFunction(logits: Tensor, firstEqual: [Int32]) throws -> Tensor {
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
