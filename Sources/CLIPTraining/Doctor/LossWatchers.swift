/// A loss that stays near that of guessing: a model that is not learning.
struct StuckLossWatcher: Watcher {
    private static let window = 50
    /// Steps after the warm-up that a model may take to begin.
    private static let patience = 100
    /// What of the loss by guessing counts as near it.
    private static let nearness = 0.97

    private let regimen: Doctor.Regimen
    private var losses = RecentValues(Self.window)

    init(_ regimen: Doctor.Regimen) { self.regimen = regimen }

    mutating func look(at step: StepObservation) -> Finding? {
        losses.append(step.loss)
        guard losses.isFull, step.step >= regimen.warmupSteps + Self.patience else { return nil }
        guard losses.mean > Self.nearness * regimen.chanceLoss else { return nil }
        let choice = regimen.classCount.map { "\($0) classes" } ?? "\(regimen.batchSize) pairs of a batch"
        let seen =
            "the loss was \(losses.mean.short) over the last \(Self.window) steps, and guessing among the \(choice) "
            + "gives \(regimen.chanceLoss.short)"
        let rates = "try a tenth of learning_rate or a longer warmup_steps"
        let isHead = regimen.classCount != nil
        return Finding(
            step: step.step, ailment: .stuckLoss, seen: seen,
            meaning: "the model tells no \(isHead ? "class" : "pair") from another",
            advice: isHead
                ? "check that the classes belong to their images, and \(rates)"
                : "check that captions belong to their images, \(rates), and a larger batch_size")
    }
}

/// A factor on similarities that has come to its bound.
struct LogitScaleWatcher: Watcher {
    private static let patience = 10

    private let bound: Double
    private var beganBelow: Bool?
    private var stepsAtBound = 0

    init(_ regimen: Doctor.Regimen) { bound = regimen.largestLogitScale }

    mutating func look(at step: StepObservation) -> Finding? {
        let isAtBound = step.logitScale >= 0.999 * bound
        // Published models begin there, and are none the worse for it.
        beganBelow = beganBelow ?? !isAtBound
        stepsAtBound = isAtBound ? stepsAtBound + 1 : 0
        guard beganBelow == true, stepsAtBound == Self.patience else { return nil }
        return Finding(
            step: step.step, ailment: .logitScaleBound,
            seen: "the factor on similarities has come to its bound of \(bound.short)",
            meaning:
                "pairs cannot be told apart more sharply; early in a run it means that the batch has become too easy",
            advice:
                "leave it where the run is long and the validation still rises, else lower learning_rate or enlarge "
                + "batch_size")
    }
}

/// A rate that begins high, or that never gets there.
struct WarmupWatcher: Watcher {
    /// Shorter runs are trials.
    private static let shortestRun = 50
    private static let highRate = 1e-4
    /// A hundredth of a short run is enough.
    private var shortestWarmup: Int { min(10, max(1, regimen.steps / 100)) }

    private let regimen: Doctor.Regimen

    init(_ regimen: Doctor.Regimen) { self.regimen = regimen }

    mutating func look(at step: StepObservation) -> Finding? {
        guard regimen.steps >= Self.shortestRun else { return nil }
        if regimen.warmupSteps >= regimen.steps {
            return Finding(
                step: step.step, ailment: .warmup,
                seen: "warmup_steps is \(regimen.warmupSteps) in a run of \(regimen.steps) steps",
                meaning: "the learning rate still rises when the run ends, and never comes down",
                advice: "set warmup_steps to a tenth of the steps or less")
        }
        guard regimen.warmupSteps < shortestWarmup, regimen.learningRate >= Self.highRate else { return nil }
        return Finding(
            step: step.step, ailment: .warmup,
            seen: "learning_rate is \(regimen.learningRate.short) after a warm-up of \(regimen.warmupSteps) steps",
            meaning:
                "the first steps are taken before the optimiser knows the size of the gradients, which can ruin the "
                + "weights for good",
            advice: "set warmup_steps to a twentieth of the steps, or to 2000 in a long run")
    }
}
