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

    /// Makes the folder, and refuses one in which another run has left its traces.
    func prepare(isResuming: Bool) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw TrainingError("\(path): expected a folder that can be made, found \(error.localizedDescription)")
        }
        if isResuming { return }
        for old in [metrics, checkpoint, model] { try? FileManager.default.removeItem(atPath: old) }
    }
}
