public import CLIPTensor

/// What a teacher's choices among the batch add to the loss: the cross entropy of the model's choices against them, the mean
/// of both directions, as open_clip has it (after Hinton et al. 2015).
public struct DistillationLoss: Sendable {
    /// The loss.
    public init() {}

    /// - Parameters:
    ///   - logits: of the model, `[B, B]`, images in rows, texts in columns.
    ///   - teacher: the teacher's, `[B, B]`.
    public func callAsFunction(logits: Tensor, teacher: Tensor) throws -> Tensor {
        func direction(_ logits: Tensor, _ teacher: Tensor) throws -> Tensor {
            try -(teacher.softmax() * logits.logSoftmax()).sum(1).mean()
        }
        return try (direction(logits, teacher) + direction(logits.transposed(), teacher.transposed())) / 2
    }

    /// The same in strips, from both models' features.
    package func tiled(_ features: PairFeatures, _ teacher: PairFeatures, _ tiles: Tiles) throws -> Tensor {
        let sums = try LogSums(count: teacher.count, on: teacher.images.device)
        try withoutGradients {
            for rows in tiles.strips { try sums.add(teacher.logits(rows), rows) }
        }
        return try tiles.crossEntropy(features) { rows in
            try withoutGradients { try sums.shares(teacher.logits(rows), rows) }
        }
    }
}
