import Synchronization

/// The shards that are open: so many at the most, the ones that were used last.
///
/// A shard that is asked for by several threads is opened by the first; one that cannot be opened says so again without
/// another try, until others have taken its place.
final class ShardCache: Sendable {
    private final class Entry: Sendable {
        let opened = Mutex<Result<OpenShard, any Error>?>(nil)
    }

    private struct State {
        /// In the order of their use, the last one last.
        var kept: [(path: String, entry: Entry)] = []
        var openings = 0
    }

    /// How many are open at the most.
    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = max(limit, 1) }

    /// How many are open.
    var openCount: Int { state.withLock { $0.kept.count } }

    /// How often one that was not open was asked for.
    var openings: Int { state.withLock { $0.openings } }

    /// The shard at a path, opened now or before.
    func shard(_ path: String) throws -> OpenShard {
        let entry = entry(path)
        return try entry.opened.withLock { opened in
            if let opened { return try opened.get() }
            let result = Result { try OpenShard(opening: path) }
            opened = result
            return try result.get()
        }
    }

    private func entry(_ path: String) -> Entry {
        state.withLock { state in
            let known = state.kept.lastIndex { $0.path == path }
            let entry = known.map { state.kept.remove(at: $0).entry } ?? Entry()
            if known == nil { state.openings += 1 }
            state.kept.append((path, entry))
            // Whoever reads a shard that leaves here keeps it open until then.
            if state.kept.count > limit { state.kept.removeFirst() }
            return entry
        }
    }
}
