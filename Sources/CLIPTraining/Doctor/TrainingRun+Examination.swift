public import CLIPData

/// What the doctor found in the first steps of a run that was only tried.
public struct Examination: Sendable {
    /// The steps that were taken, of how many.
    public var steps: Int
    public var plannedSteps: Int
    /// The loss of the first step, and the mean of the last ones.
    public var losses: (first: Double, last: Double)?
    /// What was found, in the order of the steps.
    public var findings: [Finding] = []
    /// What was measured on the validation set, of the model that the run begins with and after the last step.
    public var validations: [ValidationResult] = []
    /// The samples that were read, and those that could not be.
    public var pairs: Int
    public var report: LoaderReport
    /// The lines of a table that are no rows.
    public var skipped: BadSamples
}

extension TrainingRun {
    /// Steps after the warm-up that are looked at.
    private static let examinedSteps = 120

    /// Takes the first steps of the run, and tells what the doctor found. Nothing is written.
    ///
    /// - Parameters:
    ///   - seconds: About how long it may take; the step that goes on then is the last.
    ///   - onProgress: Called after each step, on the trainer's thread.
    /// - Throws: What is wrong with the configuration or its files; `CancellationError` where the task is cancelled.
    public func examine(
        seconds: Double = 120, onProgress: @Sendable (Progress) -> Void
    ) throws -> Examination {
        let plan = try preparePlan()
        let trainer = try makeTrainer(plan)
        let loader = try makeLoader(plan, from: LoaderPosition())
        defer { loader.stop() }
        let observer = try RunObserver(plan, device: device, startingAt: 0) { nil }
        let steps = min(plan.steps, configuration.warmupSteps + Self.examinedSteps)
        var result = Examination(
            steps: 0, plannedSteps: plan.steps, pairs: 0, report: loader.report, skipped: plan.dataset.skipped)
        var losses: [Double] = []
        let end = ContinuousClock.now + .seconds(seconds)
        while trainer.step < steps, trainer.step == 0 || ContinuousClock.now < end, let batch = try loader.next() {
            try Task.checkCancellation()
            do {
                if trainer.step == 0 { try observer.measureStart(trainer, pairs: 0) }
                let progress = try observer.step(trainer, batch, loader)
                result.findings += progress.findings
                result.validations += progress.validations
                result.pairs = batch.samplesSeen
                losses.append(progress.metrics.loss)
                onProgress(progress)
            } catch let error {
                guard let fatal = observer.fatal else { throw error }
                result.findings.append(fatal)
                break
            }
        }
        if observer.fatal == nil, result.validations.last?.step != trainer.step {
            result.validations += try trainer.withSavedParameters {
                try observer.measure(trainer.model, pairs: result.pairs, step: trainer.step)
            }
        }
        result.steps = trainer.step
        result.report = loader.report
        let last = losses.suffix(20)
        result.losses = losses.first.map { ($0, last.reduce(0, +) / Double(last.count)) }
        return result
    }
}
