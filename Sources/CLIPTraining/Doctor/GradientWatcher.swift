/// Gradients that are all but nothing, or now and then far larger than usual.
struct GradientWatcher: Watcher {
    private static let window = 50
    private static let vanished = 1e-7
    /// How many times the usual norm a spike has.
    private static let spike = 30.0
    /// Smaller norms harm nobody, whatever is usual.
    private static let harmless = 1.0
    private static let spikes = 3

    private let regimen: Doctor.Regimen
    private var norms = RecentValues(Self.window)
    private var spikeSteps: [Int] = []
    private var stepsWithout = 0

    init(_ regimen: Doctor.Regimen) { self.regimen = regimen }

    mutating func look(at step: StepObservation) -> Finding? {
        defer { norms.append(step.gradientNorm) }
        stepsWithout = step.gradientNorm < Self.vanished ? stepsWithout + 1 : 0
        if stepsWithout >= 10 { return vanishing(step) }
        let bound = max(Self.harmless, Self.spike * norms.median)
        guard norms.values.count >= 10, step.gradientNorm > bound else { return nil }
        spikeSteps = spikeSteps.filter { $0 > step.step - 2 * Self.window } + [step.step]
        return spikeSteps.count >= Self.spikes ? exploding(step) : nil
    }

    private func vanishing(_ step: StepObservation) -> Finding {
        Finding(
            step: step.step, ailment: .vanishingGradients,
            seen: "the gradient norm was below \(Self.vanished.short) for \(stepsWithout) steps",
            meaning: "nothing changes any more",
            advice:
                "look whether all parameters are locked, the batches are always the same, or the embeddings collapsed")
    }

    private func exploding(_ step: StepObservation) -> Finding {
        Finding(
            step: step.step, ailment: .explodingGradients,
            seen: "the gradient norm is \(step.gradientNorm.short), usually it is \(norms.median.short), and so it was "
                + "\(spikeSteps.count) times of late",
            meaning: "a few batches undo what many taught",
            advice: regimen.limitsGradients
                ? "lower learning_rate or optimiser.gradient_norm_limit, or lengthen warmup_steps"
                : "set optimiser.gradient_norm_limit to about \((2 * norms.median).short), or lower learning_rate")
    }
}
