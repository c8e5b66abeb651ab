import Synchronization

/// What the sources of a data set share, so that its bounds hold for all of them together: memory for images, open shards.
package final class SourceBudget: Sendable {
    let images: ByteBudget
    let shards: ShardCache

    /// A budget of so many bytes of images, and of twice as many open shards as are mixed at a time.
    package init(cacheBytes: Int, mixedShards: Int = 1) {
        images = ByteBudget(limit: cacheBytes)
        shards = ShardCache(limit: 2 * mixedShards)
    }

    /// The bytes of the images that are kept.
    package var imageBytes: Int { images.used }

    /// How many shards are open.
    package var openShards: Int { shards.openCount }

    /// How often a shard was opened.
    package var shardOpenings: Int { shards.openings }
}

/// Memory of which a number of bytes may be taken.
final class ByteBudget: Sendable {
    let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// The bytes that have been taken.
    var used: Int { taken.withLock { $0 } }

    /// Takes so many bytes, or none where fewer are left.
    func take(_ count: Int) -> Bool {
        taken.withLock { taken in
            guard count <= limit - taken else { return false }
            taken += count
            return true
        }
    }
}
