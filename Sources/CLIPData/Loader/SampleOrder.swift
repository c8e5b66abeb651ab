import CLIPImaging

/// A run of samples for one thread to prepare.
struct SampleChunk: Sendable {
    /// Its number in the sequence of all chunks.
    let number: Int
    let epoch: Int
    /// Places in the epoch's order.
    let places: [Int]
    /// The data set's index at each place.
    let indices: [Int]
}

/// Hands out the samples of epoch after epoch, in their order, from a position on.
struct SampleOrder {
    let count: Int
    private let blocks: [Range<Int>]
    private let mixedBlocks: Int
    let seed: UInt64
    let shuffles: Bool
    /// How many epochs there are; without end if `nil`.
    let epochs: Int?
    private var epoch: Int
    private var cursor: Int
    /// The places that waited at the position where the sequence begins: they come first.
    private var deferred: ArraySlice<Int>
    private var order: EpochOrder?
    private var number = 0

    init(count: Int, blocks: [Range<Int>], options: LoaderOptions, from position: LoaderPosition) {
        self.count = count
        self.blocks = blocks
        mixedBlocks = options.mixedBlocks
        seed = options.seed
        shuffles = options.shuffles
        epochs = options.epochs
        epoch = position.epoch
        cursor = position.cursor
        deferred = position.deferred[...]
    }

    /// Whether every sample has been handed out.
    var isAtEnd: Bool { epochs.map { epoch >= $0 } ?? false }

    /// The next samples, at least one and all of one epoch, or `nil` at the end.
    mutating func next(atMost limit: Int) -> SampleChunk? {
        guard !isAtEnd else { return nil }
        let places = nextPlaces(atMost: max(limit, 1))
        let chunk = SampleChunk(
            number: number, epoch: epoch, places: places, indices: shuffles ? places.map { shuffled($0) } : places)
        number += 1
        if cursor == count && deferred.isEmpty {
            epoch += 1
            cursor = 0
            order = nil
        }
        return chunk
    }

    private mutating func nextPlaces(atMost limit: Int) -> [Int] {
        guard deferred.isEmpty else {
            defer { deferred = deferred.dropFirst(limit) }
            return Array(deferred.prefix(limit))
        }
        defer { cursor = min(cursor + limit, count) }
        return Array(cursor..<min(cursor + limit, count))
    }

    private mutating func shuffled(_ place: Int) -> Int {
        if order == nil {
            order = EpochOrder(count: count, blocks: blocks, mixing: mixedBlocks, epoch: epoch, seed: seed)
        }
        return order?.index(at: place) ?? place
    }
}
