import CLIPData
internal import CLIPFiles
import CLIPPage
internal import Foundation

/// The page that shows a run: one HTML file without anything outside it.
struct RunReport {
    var configuration: TrainingConfiguration
    var history = MetricsHistory()
    var validations: [ValidationResult] = []
    var findings: [Finding] = []
    var notes: Notes

    /// What no other file of the run holds.
    struct Notes: Codable, Hashable {
        /// The steps that the whole run has.
        var steps: Int
        var retrieval: RetrievalGrid?
        /// The first samples that were passed over, and how many there were.
        var bad: [BadSample] = []
        var badCount = 0
        /// How many classes a classifier tells.
        var classCount: Int?
        /// The memory that batches of several sizes take.
        var memory: MemoryCurve?
    }

    /// A run that has just begun.
    init(configuration: TrainingConfiguration, steps: Int) {
        self.configuration = configuration
        notes = Notes(steps: steps)
    }

    /// Reads what a run's folder tells.
    ///
    /// - Parameter onNotice: Told of each file that cannot be read, or has lines that cannot.
    /// - Throws: `FileError` where it is no run's folder.
    init(reading folder: RunFolder, onNotice: (String) -> Void) throws {
        configuration = try folder.readConfiguration()
        history = MetricsHistory(try JSONLines.readable(MetricsLine.self, folder.metrics, onNotice: onNotice))
        validations = try JSONLines.readable(ValidationResult.self, folder.validation, onNotice: onNotice)
        findings = try JSONLines.readable(Finding.self, folder.findings, onNotice: onNotice)
        notes = Notes(steps: history.last?.step ?? 0)
        do {
            let bytes = try contents(ofFile: folder.reportNotes, limit: 64 << 20)
            notes = try JSONDecoder().decode(Notes.self, from: Data(bytes))
        } catch let error as DecodingError {
            onNotice("warning: \(folder.reportNotes): cannot be read and is left out: \(error.inOneLine)")
        } catch let error as FileError where error.code != .notFound {
            onNotice("warning: \(error)")
        } catch {}
    }

    /// What was measured of the model that the run began with: the last of it, since a run that goes on with another set
    /// measures it again.
    var start: ValidationResult? { validations.last { $0.step == 0 } }

    /// Writes the page into the run's folder.
    func write(to folder: RunFolder) throws { try AtomicFile.write(Array(page.utf8), to: folder.report) }

    /// The page.
    var page: String {
        PageFrame(
            title: "\(configuration.output): a training run", head: head,
            main: """
                \(FindingsSection(findings).html)
                \(FiguresSection(self).html)
                \(CurvesSection(self).html)
                \(ValidationSection(self).html)
                \(GridSection(notes.retrieval).html)
                \(badSamples)
                \(settings)
                """,
            foot:
                "<p>Written by <code>clip train</code>; TensorBoard opens the folder <code>tensorboard</code> beside it.</p>"
        ).text
    }

    private var head: HTML {
        guard let last = history.last else {
            return
                "<p class=\"eyebrow\">clip train</p><h1>\(configuration.output)</h1><p class=\"lead\">No step yet.</p>"
        }
        let isDone = last.step >= notes.steps
        let left = Double(max(0, notes.steps - last.step) * configuration.batchSize) / max(last.pairsPerSecond, 1e-9)
        let state = isDone ? "Finished" : "\((100 * last.step / max(1, notes.steps)).grouped) % done"
        let rest: HTML = isDone ? "" : ", about \(min(left, 1e8).duration) left when this was written"
        return """
            <p class="eyebrow">clip train</p>
            <h1>\(configuration.output)</h1>
            <p class="lead">\(state): \(last.step.grouped) of \(notes.steps.grouped) steps, \(last.pairs.grouped) pairs
            in \(min(max(last.seconds, 0), 1e9).duration)\(rest).</p>
            """
    }

    private var badSamples: HTML {
        guard notes.badCount > 0 else { return .empty }
        let rows = notes.bad.map { "<li>\($0.description)</li>" as HTML }
        return """
            <section aria-labelledby="bad"><h2 id="bad">What was passed over</h2>
            <p>\(notes.badCount.grouped) samples could not be used. The first of them:</p>
            <ul class="columns">\(rows)</ul></section>
            """
    }

    private var settings: HTML {
        let text = (try? configuration.jsonText) ?? ""
        return """
            <section aria-labelledby="settings"><h2 id="settings">Configuration</h2>
            <details><summary>Every value of the run</summary><pre><code>\(text)</code></pre></details></section>
            """
    }
}

extension RunFolder {
    /// Writes the run's report anew from the files in its folder.
    ///
    /// - Parameter onNotice: Called with a line on each file that could not be read, wholly or in part.
    /// - Throws: `FileError` where it is no run's folder, or the report cannot be written.
    public func writeReport(onNotice: (String) -> Void = { _ in }) throws {
        try RunReport(reading: self, onNotice: onNotice).write(to: self)
    }
}
