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
    /// The latest state to go on from.
    public var checkpoint: String { "\(path)/checkpoint" }
    /// The trained model.
    public var model: String { "\(path)/model" }
    /// The adapter of a LoRA run.
    public var adapter: String { "\(path)/adapter" }
    /// The classifier of a run that trains one.
    public var head: String { "\(path)/head" }

    /// The configuration of the run that wrote the folder; keys that there were not yet have their defaults.
    package func readConfiguration() throws -> TrainingConfiguration {
        let text = String(decoding: try contents(ofFile: configuration, limit: 16 << 20), as: UTF8.self)
        return try TrainingConfiguration(json: text, origin: configuration)
    }

    /// Makes the folder, and keeps other runs out of it while the lock lives. Nothing in it changes yet.
    ///
    /// - Throws: `FileError` where the folder cannot be made, is another run's at the moment, or where the checkpoint or
    ///   the model would take the place of anything that no run wrote; ``TrainingError`` where another run left a checkpoint
    ///   or a model, unless these are to be replaced.
    func claim(isResuming: Bool, replacesOldRun: Bool) throws -> FolderLock {
        let lock = try FolderLock(path: path)
        for kept in [checkpoint, model, adapter, head]
        where !isResuming && !replacesOldRun && FileManager.default.fileExists(atPath: kept) {
            throw TrainingError(
                "\(path): expected no other run's folder, found \(kept); resume that run (--resume), replace it (--overwrite), or name another output"
            )
        }
        try AtomicFolder.check(checkpoint, replaceable: Checkpoint.files)
        try AtomicFolder.check(model, replaceable: ModelFolder.replaceableFiles)
        try AtomicFolder.check(adapter, replaceable: AdapterFolder.files)
        try AtomicFolder.check(head, replaceable: ClassificationHead.files)
        return lock
    }

    /// Writes what a run begins with, or goes on with after `step`. An older run's checkpoint makes way; its model stays
    /// until the new one takes its place.
    func begin(_ run: TrainingConfiguration, after step: Int, isResuming: Bool) throws -> MetricsLog {
        try AtomicFile.write(run.jsonText.utf8, to: configuration)
        let log = try MetricsLog(metrics, keepingStepsUpTo: step)
        if !isResuming { try AtomicFolder.remove(checkpoint, replaceable: Checkpoint.files) }
        return log
    }
}
