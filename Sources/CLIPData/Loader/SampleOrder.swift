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
    let seed: UInt64
    let shuffles: Bool
    /// How many epochs there are; without end if `nil`.
    let epochs: Int?
    private var epoch: Int
    private var cursor: Int
    /// The places that waited at the position where the sequence begins: they come first.
    private var deferred: ArraySlice<Int>
    private var permutation: [Int] = []
    private var number = 0

    init(count: Int, options: LoaderOptions, from position: LoaderPosition) {
        self.count = count
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
        if shuffles && permutation.isEmpty { permutation = Self.permutation(count: count, epoch: epoch, seed: seed) }
        let places = nextPlaces(atMost: max(limit, 1))
        let chunk = SampleChunk(
            number: number, epoch: epoch, places: places, indices: shuffles ? places.map { permutation[$0] } : places)
        number += 1
        if cursor == count && deferred.isEmpty {
            epoch += 1
            cursor = 0
            permutation = []
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

    /// The order of an epoch, drawn by the Fisher–Yates shuffle.
    static func permutation(count: Int, epoch: Int, seed: UInt64) -> [Int] {
        var generator = SeededGenerator(seed: seed, stream: UInt64(bitPattern: Int64(epoch)))
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, generator.index(below: last + 1)) }
        return order
    }
}
