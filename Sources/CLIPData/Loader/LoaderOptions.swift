/// How a ``BatchLoader`` makes batches.
public struct LoaderOptions: Sendable, Hashable {
    /// Pairs in a batch: a multiple of the data set's group size.
    public var batchSize = 256
    /// What the order of the samples and the augmentation are drawn from.
    public var seed: UInt64 = 0
    /// Whether each epoch has an order of its own; else it is that of the data set.
    public var shuffles = true
    /// How many blocks of the data set, such as shards, are mixed at a time where it is shuffled.
    public var mixedBlocks = 4
    /// Whether the pairs at the end of an epoch that fill no batch are left out; else they make a smaller batch.
    public var dropsLast = true
    /// Whether no two pairs of a batch may have the same tokens. A pair that would repeat a caption waits for a later
    /// batch; where too many wait (two batches full), the one that waited longest is let in.
    public var distinctCaptions = false
    /// Whether batches say which rows show the same image, by ``PairDataset/imageName(at:epoch:)``.
    public var comparesImages = false
    /// Whether the token rows of a batch end with its longest text; else they have the whole context length. A causal
    /// text tower gives the same result for both.
    public var trimsTokens = true
    /// How many threads decode, augment and tokenize. The batches do not depend on it.
    public var threads = 1
    /// How many batches wait ready for the trainer at the most.
    public var prefetch = 4
    /// How many epochs there are, counted from epoch 0; without end if `nil`.
    public var epochs: Int?
    /// The share of the samples that may be bad. Past it, once ``fewestReads`` have been read, the loader ends with an error.
    public var badLimit = 1.0

    /// So many samples are read before a share of bad ones says anything.
    public static let fewestReads = 1000

    /// No batch is larger.
    public static let largestBatch = 1 << 20

    /// The defaults, to be changed one by one.
    public init() {}

    /// - Throws: ``DatasetError`` for a value that no loader can work with.
    func validate(groupSize: Int) throws {
        func check(_ isValid: Bool, _ name: String, _ expected: String, _ found: Int) throws {
            if !isValid { throw DatasetError(name, "expected \(expected), found \(found)") }
        }
        try check((1...Self.largestBatch).contains(batchSize), "batch size", "1 to \(Self.largestBatch)", batchSize)
        try check(
            batchSize % groupSize == 0, "batch size", "a multiple of the data set's groups of \(groupSize)", batchSize)
        try check((1...1024).contains(threads), "loader threads", "1 to 1024", threads)
        try check((1...1024).contains(prefetch), "prefetched batches", "1 to 1024", prefetch)
        guard (0...1).contains(badLimit) else {
            throw DatasetError("limit of bad samples", "expected 0 to 1, found \(badLimit)")
        }
        try check((1...1 << 20).contains(mixedBlocks), "mixed blocks", "1 to \(1 << 20)", mixedBlocks)
        if let epochs { try check(epochs >= 0, "epochs", "none or more", epochs) }
    }
}

/// Where in the sequence of batches a loader is: what a checkpoint keeps, so that a run goes on with the very batch that
/// would have come next.
public struct LoaderPosition: Sendable, Hashable, Codable {
    /// The epoch of the next batch, from 0.
    public var epoch = 0
    /// How many batches the epoch gave before it.
    public var step = 0
    /// How many pairs all batches before it had, over all epochs.
    public var samplesSeen = 0
    /// How many places of the epoch's order are used up.
    var cursor = 0
    /// Places before that whose pairs still wait for a batch without their captions.
    var deferred: [Int] = []

    /// The beginning of an epoch.
    public init(epoch: Int = 0) { self.epoch = epoch }

    /// No count is larger: far beyond every run, and no sum of two overflows.
    private static let largest = 1 << 48

    /// The position as the data set allows it: the end of an epoch is the beginning of the next.
    /// - Throws: ``DatasetError`` where it is not a position of a data set of `count` indices.
    func normalized(count: Int) throws -> LoaderPosition {
        let places = deferred.allSatisfy { (0..<cursor).contains($0) } && Set(deferred).count == deferred.count
        let counts = [epoch, step, samplesSeen].allSatisfy { (0...Self.largest).contains($0) }
        guard counts, (0...count).contains(cursor), places else {
            throw DatasetError(
                "loader position",
                "expected a position in a data set of \(count) samples, found epoch \(epoch), step \(step), sample \(cursor)"
            )
        }
        guard cursor == count, deferred.isEmpty else { return self }
        return nextEpoch
    }

    /// The beginning of the epoch after this one.
    var nextEpoch: LoaderPosition {
        var next = LoaderPosition(epoch: epoch + 1)
        next.samplesSeen = samplesSeen
        return next
    }
}
