import CLIPData
internal import CLIPFiles
import CLIPModels
import CLIPTensor
internal import Foundation

/// The files in which a run tells what it does.
final class RunLogs {
    private let folder: RunFolder
    private let metrics: StepLog<MetricsLine>
    private let validation: StepLog<ValidationResult>
    private let findings: StepLog<Finding>
    private let events: RunEvents
    /// What the report shows.
    private var report: RunReport

    /// Opens the files of a run that goes on after `step` with what stays of its logs, or of a new one.
    init(
        _ folder: RunFolder, _ plan: TrainingPlan, after step: Int, _ earlier: EarlierLogs, isResuming: Bool
    ) throws {
        self.folder = folder
        var report = RunReport(configuration: plan.configuration, steps: plan.steps)
        (report.notes.classCount, report.notes.memory) = (plan.classes?.count, plan.memory)
        report.history = MetricsHistory(earlier.metrics)
        (report.validations, report.findings) = (earlier.validations, earlier.findings)
        metrics = try StepLog(folder.metrics, after: earlier.metrics)
        validation = try StepLog(folder.validation, after: earlier.validations)
        findings = try StepLog(folder.findings, after: earlier.findings)
        events = RunEvents(try EventFile(in: folder.events, after: step, replacing: !isResuming))
        self.report = report
        best = ValidationResult.best(of: report.validations)
        // The log may have lost the line of the model that stands.
        if let standing = earlier.best, standing.isBetter(than: best) { best = standing }
    }

    /// What the doctor found in the run before it went on.
    var earlierFindings: [Finding] { report.findings }

    /// What was measured at the start of the run.
    var start: ValidationResult? { report.start }

    /// The best of what was measured: what the model in the folder of the best one reached, or a better one since.
    private(set) var best: ValidationResult?

    func append(_ line: MetricsLine) throws {
        try metrics.append(line)
        try events.append(line)
        report.history.append(line)
    }

    func append(_ finding: Finding) throws {
        try findings.append(finding)
        report.findings.append(finding)
    }

    func append(_ result: ValidationResult, _ grid: RetrievalGrid) throws {
        try validation.append(result)
        report.validations.append(result)
        if result.isBetter(than: best) { best = result }
        report.notes.retrieval = grid
        try events.append(result, start: report.start)
        try events.append(try ImageGrid.retrieval(grid), tag: "validation/retrieval", step: result.step)
    }

    func append(_ spread: EmbeddingSpread, step: Int) throws { try events.append(spread, step: step) }

    func append(imagesOf batch: Batch, step: Int) throws {
        try events.append(ImageGrid.images(of: batch), tag: "train/batch", step: step)
    }

    func append(_ tensors: [(name: String, tensor: Tensor)], kind: String, step: Int) throws {
        try events.append(tensors, kind: kind, step: step)
    }

    /// Writes the report anew.
    func writeReport(bad: [BadSample], badCount: Int) throws {
        (report.notes.bad, report.notes.badCount) = (bad, badCount)
        try AtomicFile.write(Array(JSONEncoder().encode(report.notes)), to: folder.reportNotes)
        try report.write(to: folder)
    }
}
