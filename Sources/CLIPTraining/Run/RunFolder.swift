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

    /// Makes the folder. What another run has left there, a checkpoint or a model, is refused unless it is to be replaced.
    func prepare(isResuming: Bool, replacesOldRun: Bool) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw TrainingError("\(path): expected a folder that can be made, found \(error.localizedDescription)")
        }
        if isResuming { return }
        for kept in [checkpoint, model] where !replacesOldRun && FileManager.default.fileExists(atPath: kept) {
            throw TrainingError(
                "\(path): expected no other run's folder, found \(kept); resume that run, replace it, or name another output"
            )
        }
        for old in [metrics, checkpoint, model] { try? FileManager.default.removeItem(atPath: old) }
    }
}
