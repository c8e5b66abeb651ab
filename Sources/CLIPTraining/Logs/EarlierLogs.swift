/// What stays of a run's logs where it goes on: all but the lines of steps that it takes again. Of a new run, nothing.
struct EarlierLogs {
    private(set) var metrics: [MetricsLine] = []
    private(set) var validations: [ValidationResult] = []
    private(set) var findings: [Finding] = []
    private(set) var badSamples: [BadSampleLine] = []
    /// What the best model was measured as that stands in the folder.
    private(set) var best: ValidationResult?
    /// What of them is missing, a line each.
    private(set) var notices: [String] = []

    /// A new run's.
    init() {}

    /// Reads all of them, before any is written.
    ///
    /// - Throws: `FileError` for one that cannot be read or has a line that no run wrote, so that nothing takes its place.
    init(of folder: RunFolder, upTo checkpoint: Checkpoint) throws {
        func kept<Line: StepLine>(_ path: String) throws -> [Line] {
            try JSONLines.read(Line.self, path).filter { $0.step <= checkpoint.step }
        }
        metrics = try kept(folder.metrics)
        validations = try kept(folder.validation)
        findings = try kept(folder.findings)
        badSamples = try JSONLines.read(BadSampleLine.self, folder.badSamples)
        best = try folder.readBest()
        if metrics.count < checkpoint.step {
            notices.append(
                "warning: \(folder.metrics): expected the lines of \(checkpoint.step) steps before, found "
                    + "\(metrics.count); the others are lost, and the report has a hole")
        }
        if validations.isEmpty, best != nil || checkpoint.isMeasured {
            notices.append(
                "warning: \(folder.validation): expected the lines of the evaluations before, found none; they are lost, "
                    + "and the report begins anew")
        }
    }
}
