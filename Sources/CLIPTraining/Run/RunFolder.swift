import CLIPCheckpoints
internal import CLIPFiles
internal import Foundation

/// Where a run keeps what it makes.
public struct RunFolder: Sendable {
    /// The folder's path.
    public let path: String

    /// A folder that may not be there yet.
    public init(_ path: String) { self.path = path }

    /// The resolved configuration.
    public var configuration: String { "\(path)/configuration.json" }
    /// A line of JSON a step.
    public var metrics: String { "\(path)/metrics.jsonl" }
    /// A line of JSON for each sample that could not be used: its name, the reason, the epoch.
    public var badSamples: String { "\(path)/bad-samples.jsonl" }
    /// A line of JSON an evaluation.
    public var validation: String { "\(path)/validation.jsonl" }
    /// A line of JSON for each thing that the doctor found.
    public var findings: String { "\(path)/findings.jsonl" }
    /// The folder of TensorBoard's files.
    public var events: String { "\(path)/tensorboard" }
    /// The page that shows the run.
    public var report: String { "\(path)/report.html" }
    /// What the page shows and no other file holds.
    public var reportNotes: String { "\(path)/report.json" }
    /// The folder of the last states to go on from.
    public var checkpoints: String { "\(path)/checkpoints" }
    /// The one state to go on from that earlier versions kept.
    package var earlierCheckpoint: String { "\(path)/checkpoint" }
    /// The model of the best validation so far.
    public var best: String { "\(path)/best" }
    /// The trained model.
    public var model: String { "\(path)/model" }
    /// The adapter of a LoRA run.
    public var adapter: String { "\(path)/adapter" }
    /// The classifier of a run that trains one.
    public var head: String { "\(path)/head" }

    /// The file of the best model's folder that says at which step it was the best, as a line of ``validation`` does.
    static let bestNote = "validation.json"

    /// All that a run writes.
    package var written: [String] {
        [
            configuration, metrics, badSamples, validation, findings, events, report, reportNotes, checkpoints,
            earlierCheckpoint, best, model, adapter, head,
        ]
    }

    /// The configuration of the run that wrote the folder; keys that there were not yet have their defaults.
    package func readConfiguration() throws -> TrainingConfiguration {
        let text = String(decoding: try contents(ofFile: configuration, limit: 16 << 20), as: UTF8.self)
        return try TrainingConfiguration(json: text, origin: configuration)
    }

    /// Makes the folder, and keeps other runs out of it while the lock lives. Nothing in it changes yet.
    ///
    /// - Throws: `FileError` where the folder cannot be made, is another run's at the moment, or where the checkpoint or
    ///   a model would take the place of anything that no run wrote; ``TrainingError`` where another run left a checkpoint
    ///   or a model, unless these are to be replaced.
    func claim(isResuming: Bool, replacesOldRun: Bool) throws -> FolderLock {
        let lock = try FolderLock(path: path)
        let series = CheckpointSeries(checkpoints)
        let newest = try series.newest()
        let kept = [earlierCheckpoint, best, model, adapter, head].filter(FileManager.default.fileExists)
        if let found = newest ?? kept.first, !isResuming, !replacesOldRun {
            throw TrainingError(
                "\(path): expected no other run's folder, found \(found); resume that run (--resume), replace it (--overwrite), or name another output"
            )
        }
        if isResuming, newest == nil, kept.first == earlierCheckpoint {
            throw TrainingError(
                "\(earlierCheckpoint): expected \(checkpoints), found the checkpoint of an earlier version, from which this one cannot go on"
            )
        }
        try series.checkReplaceable()
        try AtomicFolder.check(earlierCheckpoint, replaceable: Checkpoint.files)
        try AtomicFolder.check(best, replaceable: Self.bestFiles)
        try AtomicFolder.check(model, replaceable: ModelFolder.replaceableFiles)
        try AtomicFolder.check(adapter, replaceable: AdapterFolder.files)
        try AtomicFolder.check(head, replaceable: ClassificationHead.files)
        return lock
    }

    /// What was measured of the model that stands in the folder of the best one; nil where there is none.
    ///
    /// - Throws: `FileError` where the folder does not say it, so that no worse model takes its place.
    func readBest() throws -> ValidationResult? {
        guard FileManager.default.fileExists(atPath: best) else { return nil }
        let note = "\(best)/\(Self.bestNote)"
        do {
            return try JSONDecoder().decode(ValidationResult.self, from: Data(try contents(ofFile: note)))
        } catch let error as DecodingError {
            throw FileError(.badData, path: note, "expected what the model reached: \(error.inOneLine)")
        }
    }

    /// Writes what a run begins with, or goes on with after a checkpoint. An older run's checkpoints and best model make way; its
    /// results stay until the new ones are there. Nothing is written where a log of a run that goes on cannot be read.
    func begin(
        _ plan: TrainingPlan, after checkpoint: Checkpoint?, _ badSampleLog: BadSampleLog, onNotice: (String) -> Void
    ) throws -> RunLogs {
        let earlier = try checkpoint.map { try EarlierLogs(of: self, upTo: $0) } ?? EarlierLogs()
        earlier.notices.forEach(onNotice)
        try AtomicFile.write(plan.configuration.jsonText.utf8, to: configuration)
        let logs = try RunLogs(self, plan, after: checkpoint?.step ?? 0, earlier, isResuming: checkpoint != nil)
        try badSampleLog.open(badSamples, after: earlier.badSamples)
        if checkpoint == nil {
            try CheckpointSeries(checkpoints).remove()
            try AtomicFolder.remove(earlierCheckpoint, replaceable: Checkpoint.files)
            try AtomicFolder.remove(best, replaceable: Self.bestFiles)
        }
        return logs
    }

    private static let bestFiles = ModelFolder.replaceableFiles.union(ClassificationHead.files).union([bestNote])

    /// Removes what a run of another kind left that was replaced: the results that are none of these.
    func removeResults(but saved: [String]) throws {
        let results = [
            (model, ModelFolder.replaceableFiles), (adapter, AdapterFolder.files), (head, ClassificationHead.files),
        ]
        for (path, files) in results where !saved.contains(path) { try AtomicFolder.remove(path, replaceable: files) }
    }
}
