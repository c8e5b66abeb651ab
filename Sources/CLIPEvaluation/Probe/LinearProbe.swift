internal import Foundation

/// The linear probe of CLIP's paper (Radford et al. 2021, A.3): logistic regression whose penalty is chosen by the accuracy on
/// a validation set, then fitted on training and validation images together.
///
/// Penalties lie on a grid of 96 equal steps on a logarithmic scale from 10⁻⁶ to 10⁶. Those of 10⁻⁶, 10⁻⁴, 10⁻², 1, 10², 10⁴ and
/// 10⁶ are tried first, then those half as far on both sides of the best, down to neighbours on the grid. Of equal
/// accuracies the largest penalty is the best: it asks least of the features. Each fit starts from zeros, so that no result
/// depends on the way that the search took.
public struct LinearProbe: Sendable, Hashable {
    /// A penalty that was tried.
    public struct Trial: Sendable, Hashable {
        public let lambda: Double
        /// The accuracy on the validation images, from 0 to 1.
        public let accuracy: Double
        /// The steps of L-BFGS.
        public let iterations: Int
        public let isConverged: Bool
    }

    /// The classifier that was fitted with the best penalty.
    public let fit: LogisticRegression.Fit
    /// All penalties that were tried, in rising order.
    public let trials: [Trial]

    /// The penalties of the grid, in rising order.
    public static let grid = (0...96).map(lambda)
    private static let coarseStep = 16

    private static func lambda(_ index: Int) -> Double {
        // Written so that whole decades are exact.
        index.isMultiple(of: 8) ? Double("1e\(index / 8 - 6)") ?? 1 : pow(10, Double(index) / 8 - 6)
    }

    /// Searches for the penalty and fits the classifier.
    ///
    /// - Parameters:
    ///   - train: Images of every class.
    ///   - validation: Other images, of the same classes.
    ///   - refits: Whether the classifier is fitted to both in the end, or to the training images alone.
    ///   - progress: Is told each trial when it is done. What it throws ends the search.
    /// - Throws: ``EvaluationError`` where the two do not fit together, or a class or the validation is empty.
    public init(
        train: LabelledFeatures, validation: LabelledFeatures, refits: Bool = true,
        progress: (Trial) throws -> Void = { _ in }
    ) throws {
        try train.checkFits(validation, "validation")
        guard validation.count > 0 else { throw EvaluationError("expected validation images to choose by, found none") }
        let regression = try LogisticRegression(train)
        var found: [Int: Trial] = [:]
        func attempt(_ index: Int) throws {
            guard found[index] == nil, Self.grid.indices.contains(index) else { return }
            let fit = try regression.fit(lambda: Self.grid[index])
            let trial = Trial(
                lambda: fit.lambda, accuracy: try fit.accuracy(on: validation), iterations: fit.iterations,
                isConverged: fit.isConverged)
            found[index] = trial
            try progress(trial)
        }
        for index in stride(from: 0, to: Self.grid.count, by: Self.coarseStep) { try attempt(index) }
        var step = Self.coarseStep / 2
        while step > 0 {
            let peak = Self.best(found)
            try attempt(peak - step)
            try attempt(peak + step)
            step /= 2
        }
        trials = found.sorted { $0.key < $1.key }.map(\.value)
        let last = refits ? try LogisticRegression(train.appending(validation)) : regression
        fit = try last.fit(lambda: Self.grid[Self.best(found)])
    }

    /// The place of the best penalty.
    private static func best(_ found: [Int: Trial]) -> Int {
        found.max { ($0.value.accuracy, $0.key) < ($1.value.accuracy, $1.key) }?.key ?? 0
    }
}
