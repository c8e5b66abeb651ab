import Synchronization

/// The shards that are open: so many at the most, the ones that were used last.
///
/// A shard that is asked for by several threads is opened by the first; one that cannot be opened says so again without
/// another try, until others have taken its place.
final class ShardCache: Sendable {
    private final class Entry: Sendable {
        let opened = Mutex<Result<OpenShard, any Error>?>(nil)
    }

    private let limit: Int
    /// In the order of their use, the last one last.
    private let kept = Mutex<[(path: String, entry: Entry)]>([])

    init(limit: Int) { self.limit = max(limit, 1) }

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
        kept.withLock { kept in
            let known = kept.lastIndex { $0.path == path }
            let entry = known.map { kept.remove(at: $0).entry } ?? Entry()
            kept.append((path, entry))
            // Whoever reads a shard that leaves here keeps it open until then.
            if kept.count > limit { kept.removeFirst() }
            return entry
        }
    }
}
