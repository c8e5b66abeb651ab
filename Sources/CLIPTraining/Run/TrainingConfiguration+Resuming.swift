internal import CLIPFiles
internal import Foundation

extension TrainingConfiguration {
    /// What may be another when a run goes on: where it writes, how long it is, how often it is saved, with what threads,
    /// how many bad samples it puts up with, what it is measured on.
    private static let changeableKeys: Set<String> = [
        "output", "steps", "epochs", "checkpoint_every", "checkpoints_kept", "loader_threads", "bad_sample_limit",
        "validation",
    ]

    /// Throws where a run of this configuration would not go on as the run of `earlier`, whose checkpoint lies in `path`.
    func checkContinues(_ earlier: TrainingConfiguration, in path: String) throws {
        let (now, then) = (try asJSON(), try earlier.asJSON())
        let difference = now.names(with: then).lazy.filter { !Self.changeableKeys.contains($0) }
            .compactMap { (now[$0] ?? .null).firstDifference(from: then[$0] ?? .null, at: $0) }.first
        guard let difference else { return }
        throw TrainingError(
            "\(path): expected \(difference.key) as when the run began, \(difference.then), found \(difference.now)")
    }
}

extension JSON {
    /// The names of the members of two objects, sorted.
    fileprivate func names(with other: JSON) -> [String] {
        Set(((members ?? []) + (other.members ?? [])).map(\.name)).sorted()
    }

    /// The path of the first value that differs, and what it is in both.
    fileprivate func firstDifference(from other: JSON, at path: String) -> (key: String, now: String, then: String)? {
        guard members != nil, other.members != nil else {
            if self == other { return nil }
            return (path, String(compactText.prefix(200)), String(other.compactText.prefix(200)))
        }
        return names(with: other).lazy
            .compactMap { (self[$0] ?? .null).firstDifference(from: other[$0] ?? .null, at: "\(path).\($0)") }.first
    }
}
