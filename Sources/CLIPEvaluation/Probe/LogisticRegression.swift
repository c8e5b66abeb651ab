public import CLIP
package import CLIPTensor

/// Multinomial logistic regression with an L2 penalty, as scikit-learn's `LogisticRegression(solver="lbfgs")` defines it:
/// the sum of the images' cross entropies + ½ · λ · ‖W‖², with λ = 1/C and biases that are not penalised.
///
/// Of two classes the first has the logit 0. L-BFGS starts from zeros, and stops as scikit-learn's does by default.
///
/// ```swift
/// let fit = try LogisticRegression(train).fit(lambda: 0.1)
/// print(fit.iterations, try fit.accuracy(on: test))
/// ```
///
/// Features are read once and kept; make one regression for all λ.
public struct LogisticRegression {
    /// A classifier with weights, and how they were found.
    public struct Fit: Sendable, Hashable {
        /// The classes, in the order of the rows.
        public let classes: [String]
        /// A row for each class.
        public let weights: Embeddings
        /// A number for each class.
        public let biases: [Float]
        /// The penalty.
        public let lambda: Double
        /// The sum of the cross entropies and the penalty.
        public let objective: Double
        /// The steps of L-BFGS.
        public let iterations: Int
        /// How often the objective was worked out, line searches included.
        public let evaluations: Int
        /// Whether the stopping rule held before the iterations were used up.
        public let isConverged: Bool

        /// The score of each class (a column) for each row.
        public func scores(_ features: Embeddings) throws -> SimilarityMatrix {
            SimilarityMatrix(try logits(features.tensor()).elements(), columns: classes.count)
        }

        /// The share of the images whose own class has the highest score, and alone.
        public func accuracy(on data: LabelledFeatures) throws -> Double {
            try ValidationScore.accuracy(logits(data.features.tensor()), data.targets())
        }

        /// Logits `[count, classes]`.
        func logits(_ features: Tensor) throws -> Tensor {
            try withoutGradients {
                try features.linear(weight: weights.tensor(), bias: Tensor(biases, shape: [biases.count]))
            }
        }
    }

    private let data: LabelledFeatures
    private let objective: LogisticObjective
    /// How the minimum is found.
    package var solver = LBFGS()

    /// A regression of these classes on these features.
    ///
    /// Throws ``EvaluationError`` where a class has no image, or there is one class alone.
    public init(_ data: LabelledFeatures) throws {
        try self.init(data, dtype: .float32)
    }

    /// A regression with products of a type.
    package init(_ data: LabelledFeatures, dtype: DType) throws {
        guard data.classes.count > 1 else { throw EvaluationError("expected at least two classes, found one") }
        try data.checkEachClassOccurs("training")
        self.data = data
        objective = try withoutGradients { try LogisticObjective(data, dtype: dtype) }
    }

    /// Finds the weights for a penalty.
    public func fit(lambda: Double) throws -> Fit {
        guard lambda >= 0, lambda.isFinite else {
            throw EvaluationError("lambda: expected a number of at least 0, found \(lambda)")
        }
        return try withoutGradients {
            // As in scikit-learn, all is divided by the number of images, and so are the tolerances' meanings.
            let count = Double(data.count)
            let point = try Tensor.zeros([objective.parameterCount], dtype: .float64)
            let outcome = try solver.minimize(point) { try objective($0, penalty: lambda / count) }
            return Fit(
                classes: data.classes,
                weights: Embeddings(width: data.features.width, values: try objective.weights(point).elements()),
                biases: try objective.biases(point).elements(), lambda: lambda, objective: outcome.value * count,
                iterations: outcome.iterations, evaluations: outcome.evaluations, isConverged: outcome.isConverged)
        }
    }
}
