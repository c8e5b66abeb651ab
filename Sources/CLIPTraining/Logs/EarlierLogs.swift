/// What stays of a run's logs where it goes on: all but the lines of steps that it takes again. Of a new run, nothing.
struct EarlierLogs {
    private(set) var metrics: [MetricsLine] = []
    private(set) var validations: [ValidationResult] = []
    private(set) var findings: [Finding] = []
    private(set) var badSamples: [BadSampleLine] = []

    /// A new run's.
    init() {}

    /// Reads all of them, before any is written.
    ///
    /// - Throws: `FileError` for one that cannot be read or has a line that no run wrote, so that nothing takes its place.
    init(of folder: RunFolder, upTo step: Int) throws {
        func kept<Line: StepLine>(_ path: String) throws -> [Line] {
            try JSONLines.read(Line.self, path).filter { $0.step <= step }
        }
        metrics = try kept(folder.metrics)
        validations = try kept(folder.validation)
        findings = try kept(folder.findings)
        badSamples = try JSONLines.read(BadSampleLine.self, folder.badSamples)
    }
}
