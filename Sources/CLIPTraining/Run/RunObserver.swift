import CLIPCheckpoints
import CLIPData
import CLIPImaging
import CLIPModels
import CLIPTensor
import CLIPTokenization

/// Sees all that happens in a run: writes it down, measures the model now and then, and lets the doctor look.
final class RunObserver {
    private let plan: TrainingPlan
    private let device: Device
    /// Where it is written down; nil where a run is only examined.
    private let logs: RunLogs?
    private let pass: EvaluationPass
    private let validator: Validator?
    private var doctor: Doctor
    private var pace = Pace()
    /// What was measured of the model that the run began with.
    private var start: ValidationResult?
    /// What was measured and is still to be told.
    private var validations: [ValidationResult] = []
    /// Why no further step could be taken.
    private(set) var fatal: Finding?
    private let firstStep: Int

    /// Opens what the run is measured on, and then the logs.
    init(
        _ plan: TrainingPlan, device: Device, startingAt step: Int, openLogs: () throws -> RunLogs?
    ) throws {
        self.plan = plan
        self.device = device
        firstStep = step + 1
        pass = try EvaluationPass(plan, device: device)
        validator = try plan.configuration.validation.map { [pass] in try Validator($0, plan, pass) }
        logs = try openLogs()
        let regimen = Doctor.Regimen(
            plan.configuration, steps: plan.steps, contextLength: plan.tokenizer.contextLength,
            classCount: plan.classes?.count)
        doctor = Doctor(regimen, earlier: logs?.earlierFindings ?? [])
        // Of another set it says nothing.
        start = logs?.start.flatMap { [validator] in $0.set == validator?.set ? $0 : nil }
    }

    /// What was measured of the best model so far; nil where none was measured.
    var best: ValidationResult? { logs?.best }

    /// Measures the model that the run begins with, where it is fine-tuning and this was not done before.
    func measureStart(_ trainer: Trainer, pairs: Int) throws {
        guard let folder = plan.start, validator != nil, start == nil else { return pace.pause() }
        let model = trainer.step == 0 ? trainer.model : try folder.model(device: device)
        validations = try measure(model, pairs: 0, step: 0)
        start = validations.first
        pace.pause()
    }

    /// Takes a step and tells all about it.
    ///
    /// - Throws: ``TrainingError`` that names the batch and its samples where the step cannot be taken.
    func step(_ trainer: Trainer, _ batch: Batch, _ loader: BatchLoader) throws -> TrainingRun.Progress {
        let step = trainer.step + 1
        let looks = isLook(step)
        let metrics = try take(trainer, batch, loader, looks)
        let line = pace.line(
            metrics, step: step, pairs: batch.samplesSeen, batchSize: batch.count, waited: loader.report.waited)
        try logs?.append(line)
        if looks || step == firstStep { try logs?.append(imagesOf: batch, step: step) }
        var findings = doctor.observe(StepObservation(line, batch, dataWait: pace.dataWait))
        if step % Self.spreadInterval == 0 {
            let spread = try spread(batch, trainer.model)
            try logs?.append(spread, step: step)
            findings += doctor.observe(spread, at: step)
        }
        for finding in findings { try logs?.append(finding) }
        if looks { try look(at: trainer, pairs: batch.samplesSeen) }
        if looks || !findings.isEmpty { try writeReport(loader) }
        pace.pause()
        defer { validations = [] }
        return TrainingRun.Progress(
            metrics: line, steps: plan.steps,
            secondsLeft: Double((plan.steps - step) * batch.count) / line.pairsPerSecond, validations: validations,
            start: start, findings: findings)
    }

    /// Writes what is shown when a run ends or is stopped.
    func end(_ loader: BatchLoader) throws { try writeReport(loader) }

    private func writeReport(_ loader: BatchLoader) throws {
        let bad = [plan.dataset.skipped, loader.report.bad] + (validator.map { [$0.bad] } ?? [])
        try logs?.writeReport(bad: bad.flatMap(\.first), badCount: bad.reduce(0) { $0 + $1.count })
    }
}

extension RunObserver {
    /// Steps between looks at how alike the embeddings of a batch are, and how many pairs are looked at.
    private static let spreadInterval = 25
    private static let spreadPairs = 64

    /// Whether the model is measured after a step, and its tensors' values are written down. A run without a validation set
    /// does the latter with its checkpoints.
    private func isLook(_ step: Int) -> Bool {
        let interval = plan.configuration.validation?.every ?? plan.configuration.checkpointEvery
        return step == plan.steps || interval > 0 && step % interval == 0
    }

    private func take(
        _ trainer: Trainer, _ batch: Batch, _ loader: BatchLoader, _ looks: Bool
    ) throws -> StepMetrics {
        let step = trainer.step + 1
        if looks, let logs {
            let parameters = trainer.changing
            trainer.beforeUpdate = {
                let gradients = parameters.compactMap { entry in
                    entry.tensor.gradient.map { (name: entry.name, tensor: $0) }
                }
                try logs.append(gradients, kind: "gradients", step: step)
            }
        }
        defer { trainer.beforeUpdate = nil }
        do {
            return try trainer.step(on: batch)
        } catch let fault as NonFiniteStep {
            let finding = fault.finding(at: step, batch.samples(of: plan.dataset), of: batch)
            try logs?.append(finding)
            try writeReport(loader)
            fatal = finding
            throw TrainingError(finding.description)
        }
    }

    /// Writes down and measures what would be saved now: the averages where they are kept.
    private func look(at trainer: Trainer, pairs: Int) throws {
        let changing = trainer.changing.map { (name: $0.name, tensor: $0.tensor) }
        validations += try trainer.withSavedParameters {
            try logs?.append(changing, kind: "parameters", step: trainer.step)
            return try measure(trainer.model, pairs: pairs, step: trainer.step)
        }
    }

    /// What a model reaches on the validation set; nothing where the run has none.
    func measure(_ model: CLIPModel, pairs: Int, step: Int) throws -> [ValidationResult] {
        guard let (result, grid) = try validator?.evaluate(model, step: step, pairs: pairs) else { return [] }
        try logs?.append(result, grid)
        return [result]
    }

    private func spread(_ batch: Batch, _ model: CLIPModel) throws -> EmbeddingSpread {
        let count = min(batch.count, Self.spreadPairs)
        let tokens = Array(batch.tokens.prefix(count * batch.tokenWidth))
        return try withoutGradients {
            let texts = plan.classes == nil ? try pass.texts(tokens, count: count, model) : nil
            return try EmbeddingSpread(images: pass.images(of: batch, model, limit: count), texts: texts)
        }
    }
}
