internal import CLIPTensor

private let atLeastOperator = Operator("aten::ge", overload: "Tensor")

/// How a classifier does on images whose classes are known. Of two classifiers with one accuracy, that with the smaller loss
/// is the better one: a few images leave many ties.
struct ValidationScore: Comparable {
    /// The share of the images whose own class has the highest score, and alone.
    let accuracy: Double
    /// The mean cross entropy.
    let loss: Double

    /// Scores logits `[count, classes]` by int64 `targets` `[count]`.
    init(_ logits: Tensor, _ targets: Tensor) throws {
        accuracy = try Self.accuracy(logits, targets)
        let loss = try logits.crossEntropy(targets: targets).scalar()
        self.loss = loss.isNaN ? .infinity : loss
    }

    static func < (left: ValidationScore, right: ValidationScore) -> Bool {
        (left.accuracy, right.loss) < (right.accuracy, left.loss)
    }

    /// The share of the rows of `logits` whose own class has the highest score, and alone.
    static func accuracy(_ logits: Tensor, _ targets: Tensor) throws -> Double {
        guard logits.size(0) > 0 else { return 0 }
        let own = try logits.gathered(1, at: targets.unsqueezed(1))
        return try atLeastOperator(.tensor(logits), .tensor(own)).sum(1).equal(to: 1).cast(to: .float64).mean().scalar()
    }
}
