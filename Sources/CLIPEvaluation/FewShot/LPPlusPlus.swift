public import CLIP
package import CLIPTensor

private let eigenvaluesOperator = Operator("aten::linalg_eigvalsh")

/// LP++ (Huang et al. 2024): a linear probe whose weights are w + α · t, with a multiplier α for each class's sentences t.
///
/// Steps have the sizes that follow from the data and need no search. It runs a fixed number of iterations, of which the
/// validation images, where there are any, choose one; without them the last counts. Weights are those of the authors'
/// program, but for the biases, which start at 0 where theirs are drawn at random.
public struct LPPlusPlus: FewShotMethod {
    public var name: String { "LP++" }

    /// The iterations.
    public var iterations = 300
    /// The multipliers move in every so many iterations.
    public var multiplierInterval = 10
    /// What of the step before is added to a step of the weights.
    public var momentum = 0.9

    /// The authors' settings.
    public init() {}

    public func learn(_ problem: FewShotProblem) throws -> FewShotAdapter {
        try withoutGradients {
            var descent = try BlendedDescent(
                images: problem.train.features.tensor(), targets: problem.train.targets(),
                text: problem.text.tensor(), momentum: momentum)
            let (images, targets) = (try problem.validation.features.tensor(), try problem.validation.targets())
            var best: (classifier: FewShotAdapter.Linear, score: ValidationScore)?
            for iteration in 1...max(1, iterations) {
                try Task.checkCancellation()
                try descent.advance(movesMultipliers: iteration.isMultiple(of: multiplierInterval))
                guard problem.validation.count > 0 else { continue }
                let (weights, biases) = (try descent.weights(), descent.biases)
                let score = try ValidationScore(images.linear(weight: weights, bias: biases), targets)
                if let best, score < best.score { continue }
                best = (try descent.classifier(), score)
            }
            return problem.adapter(.linear(try best?.classifier ?? descent.classifier()), name)
        }
    }
}

// Shapes: N images, E embedding, K classes.

/// The state of LP++: descent on the mean cross entropy of f·(w + α · t)ᵀ + b, a block of variables at a time.
package struct BlendedDescent {
    private let images: Tensor
    private let text: Tensor
    /// The cosines f·tᵀ, `[N, K]`.
    private let cosines: Tensor
    /// 1 at each image's class, `[N, K]`.
    private let classes: Tensor
    private let targets: Tensor
    private let momentum: Double

    /// The visual part of the weights, w `[K, E]`.
    package private(set) var visual: Tensor
    /// b `[K]`.
    package private(set) var biases: Tensor
    /// α `[K]`.
    package private(set) var multipliers: Tensor
    private var visualStep: Tensor
    private var biasStep: Tensor

    /// The step of w: 4N over the largest eigenvalue of FᵀF.
    package let visualRate: Double
    /// The step of α: N over 4 times the largest, over the classes, sum of squared cosines.
    package let multiplierRate: Double

    /// The start: w is the sum of a class's images, α 250 times the mean, over classes, of their cosines with all sentences.
    package init(images: Tensor, targets: Tensor, text: Tensor, momentum: Double) throws {
        (self.images, self.targets, self.text, self.momentum) = (images, targets, text, momentum)
        let (count, classCount) = (Double(images.size(0)), text.size(0))
        cosines = try images.linear(weight: text)
        classes = try Tensor.range(classCount).equal(to: targets.unsqueezed(1)).cast(to: .float32)
        visual = try classes.transposed().matrixProduct(images)
        biases = try Tensor.zeros([classCount])
        let means = try classes.transposed().matrixProduct(cosines) / classes.sum(0).unsqueezed(1)
        multipliers = try Tensor.full([classCount], 250 * means.mean().scalar())
        (visualStep, biasStep) = (try visual.zerosLike(), try biases.zerosLike())
        visualRate = 4 * count / (try Self.largestEigenvalue(images))
        multiplierRate = count / (4 * (try (cosines * cosines).sum(0).maximum().scalar()))
    }

    /// The largest eigenvalue of FᵀF, which is that of F·Fᵀ too.
    private static func largestEigenvalue(_ images: Tensor) throws -> Double {
        let wide = try images.cast(to: .float64)
        let (rows, columns) = (wide.size(0), wide.size(1))
        let square = try rows < columns ? wide.matrixProduct(wide.transposed()) : wide.transposed().matrixProduct(wide)
        return try eigenvaluesOperator(.tensor(square)).maximum().scalar()
    }

    /// w + α · t, `[K, E]`.
    package func weights() throws -> Tensor { try visual + multipliers.unsqueezed(1) * text }

    /// Logits `[N, K]` of the training images.
    private func logits() throws -> Tensor { try images.linear(weight: visual, bias: biases) + cosines * multipliers }

    /// The mean cross entropy.
    package func objective() throws -> Double { try logits().crossEntropy(targets: targets).scalar() }

    /// One step of w and b by the slope, and one of α where it is its turn.
    package mutating func advance(movesMultipliers: Bool) throws {
        let slope = try (logits().softmax() - classes) / Double(images.size(0))
        visualStep = try visualStep * momentum + slope.transposed().matrixProduct(images)
        biasStep = try biasStep * momentum + slope.sum(0)
        visual = try visual + visualStep * -visualRate
        biases = try biases + biasStep * -visualRate
        if movesMultipliers { multipliers = try multipliers + (slope * cosines).sum(0) * -multiplierRate }
    }

    /// The classifier as it stands.
    package func classifier() throws -> FewShotAdapter.Linear {
        FewShotAdapter.Linear(
            weights: Embeddings(width: text.size(1), values: try weights().elements()), biases: try biases.elements())
    }
}
