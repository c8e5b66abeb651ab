package import CLIPTensor

private let largestOperator = Operator("aten::linalg_vector_norm")

/// Finds the minimum of a smooth function by limited-memory BFGS (Liu and Nocedal 1989).
///
/// First steps, line search, stopping rule and restarts are those of L-BFGS-B 3.0 without bounds (Zhu et al. 1997), which
/// scikit-learn calls through SciPy, so that both stop at the same place.
package struct LBFGS {
    /// The steps that are remembered.
    package var memory = 10
    /// The iterations after which the search ends.
    package var maximumIterations = 1_000
    /// The minimum is reached where no component of the gradient is larger.
    package var gradientTolerance = 1e-4
    /// The minimum is reached where an iteration lowers the function by no more, relative to it or to 1.
    package var decreaseTolerance = 64 * Double.ulpOfOne
    /// The evaluations after which a line search has failed.
    package var maximumEvaluations = 50

    /// The constants of scikit-learn.
    package init() {}

    /// A value and the gradient there, float64 in the shape of the point. The gradient is read before the next call.
    package typealias Function = (_ point: Tensor) throws -> (value: Double, gradient: Tensor)

    /// Where the search ended.
    package struct Outcome {
        /// The value at the point.
        package var value: Double
        /// How many steps were taken.
        package var iterations: Int
        /// How often the function was evaluated.
        package var evaluations: Int
        /// Whether the stopping rule held.
        package var isConverged: Bool
    }

    /// Moves `point`, a float64 vector, to a minimum of `function`.
    package func minimize(_ point: Tensor, _ function: Function) throws -> Outcome {
        let (value, gradient) = try function(point)
        var outcome = Outcome(value: value, iterations: 0, evaluations: 1, isConverged: false)
        var memory = try CurvatureMemory(capacity: memory, count: point.count)
        try memory.take(gradient)
        while try !isFlat(memory.gradient()) {
            try Task.checkCancellation()
            guard outcome.iterations < maximumIterations else { return outcome }
            guard let step = try search(point, outcome.value, memory, outcome.iterations == 0, function, &outcome)
            else {
                if memory.isEmpty { return outcome }
                memory.forget()
                continue
            }
            let decrease = outcome.value - step.value
            let scale = max(abs(outcome.value), abs(step.value), 1)
            outcome.iterations += 1
            outcome.value = step.value
            if decrease <= decreaseTolerance * scale { break }
            try memory.take(step.gradient, after: step.direction, times: step.length, isCurved: step.isCurved)
        }
        outcome.isConverged = true
        return outcome
    }

    private func isFlat(_ gradient: Tensor) throws -> Bool {
        try largestOperator(.tensor(gradient), .double(.infinity)).scalar() <= gradientTolerance
    }

    private struct Step {
        let value: Double
        let gradient: Tensor
        let direction: Tensor
        let length: Double
        let isCurved: Bool
    }

    /// Goes downhill; nil, with the point where it was, where no step leads there.
    private func search(
        _ point: Tensor, _ value: Double, _ memory: CurvatureMemory, _ isFirst: Bool, _ function: Function,
        _ outcome: inout Outcome
    ) throws -> Step? {
        let (direction, slope) = try memory.direction()
        guard slope < 0 else { return nil }
        let start = try point.cloned()
        // The first direction is −g, of the square of whose length the slope is the negative.
        let length = isFirst ? 1 / (-slope).squareRoot() : 1
        var search = LineSearch(value: value, slope: slope, step: length)
        for _ in 0..<maximumEvaluations {
            let length = search.step
            try point.copy(from: start)
            try point.add(direction, times: length)
            let (there, gradient) = try function(point)
            outcome.evaluations += 1
            let slopeThere = try (gradient * direction).sum().scalar()
            guard there.isFinite, slopeThere.isFinite else { break }
            if search.accepts(value: there, slope: slopeThere) {
                let isCurved = slopeThere - slope > Double.ulpOfOne * -slope
                return Step(value: there, gradient: gradient, direction: direction, length: length, isCurved: isCurved)
            }
        }
        try point.copy(from: start)
        return nil
    }
}
