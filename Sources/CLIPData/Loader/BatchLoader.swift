public import CLIPTokenization

/// Is told of a bad sample, and of the epoch in which it was met first.
public typealias BadSampleHandler = @Sendable (_ sample: BadSample, _ epoch: Int) throws -> Void

/// Makes batches on threads of its own, ahead of the trainer that takes them.
///
/// ```swift
/// let loader = try BatchLoader(pairs, images: .augmented(ImageAugmentation(), height: 224, width: 224),
///     tokenizer: tokenizer, options: options)
/// while let batch = try loader.next() { … }
/// ```
///
/// The batches depend on the data set, the seed and the options, not on the number of threads or their luck. A sample
/// that cannot be read is passed over, counted and named in the ``report``; the next one takes its place, as long as no
/// more of them are bad than ``LoaderOptions/badLimit`` allows and the data set is there. The threads end after the last
/// batch, with ``stop()``, or when the loader goes away.
public final class BatchLoader: Sendable {
    /// About how many batches an epoch has: exact where no sample is bad and captions need not be distinct.
    public let stepsPerEpoch: Int
    private let engine: LoaderEngine

    /// Starts to make batches.
    ///
    /// - Parameters:
    ///   - images: How each image becomes one of the batch's size.
    ///   - position: Where to go on: the ``Batch/next`` of the last batch that was used.
    ///   - onBadSample: Told of each sample that cannot be used and of the epoch, the first time it is met: in the order
    ///     of the epochs, by one thread at a time, ahead of the batches. What it throws ends the loader.
    /// - Throws: ``DatasetError`` for options or a position that do not fit the data set.
    public init(
        _ dataset: some PairDataset, images: BatchImages, tokenizer: any Tokenizer,
        options: LoaderOptions = LoaderOptions(), from position: LoaderPosition = LoaderPosition(),
        onBadSample: @escaping BadSampleHandler = { _, _ in }
    ) throws {
        guard dataset.count > 0 else { throw DatasetError("data set", "expected at least one sample, found none") }
        try options.validate(groupSize: dataset.groupSize)
        let pairs = dataset.count * dataset.groupSize
        stepsPerEpoch = (options.dropsLast ? pairs : pairs + options.batchSize - 1) / options.batchSize
        let preparer = SamplePreparer(dataset: dataset, images: images, tokenizer: tokenizer, seed: options.seed)
        let format = BatchFormat(
            height: images.height, width: images.width, contextLength: tokenizer.contextLength,
            paddingToken: tokenizer.paddingToken, paddingSide: tokenizer.paddingSide,
            trimsTokens: options.trimsTokens)
        engine = LoaderEngine(
            preparer: preparer, format: format, options: options, from: try position.normalized(count: dataset.count),
            onBadSample: onBadSample)
        engine.start(threads: options.threads)
    }

    deinit { engine.stop(waiting: false) }

    /// The next batch; waits until it is ready. `nil` after the last batch of the last epoch, and after ``stop()``.
    ///
    /// - Throws: After the batches that were complete before: ``DatasetError`` when an epoch gives no batch at all, because
    ///   every sample is bad or there are fewer than a batch has, when too many samples are bad, and when the data set has
    ///   gone away.
    public func next() throws -> Batch? { try engine.next() }

    /// What has been passed over so far, and how long the trainer waited.
    public var report: LoaderReport { engine.currentReport }

    /// Ends the threads and returns when no sample is read any more. Batches that were ready are dropped.
    public func stop() { engine.stop(waiting: true) }
}
