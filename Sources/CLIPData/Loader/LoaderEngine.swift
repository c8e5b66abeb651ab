import Foundation
import Synchronization

/// What the threads of a loader share: who takes which samples, what has been prepared, which batches are ready.
///
/// Samples are claimed in chunks, in order, and prepared at the same time; their results are put back in order and go
/// through the assembler one after the other. A thread whose results complete a batch copies it together.
final class LoaderEngine: @unchecked Sendable {
    // Safe: everything that changes is only touched while `condition` is locked, except the atomic.
    private let condition = NSCondition()
    private let stopped = Atomic<Bool>(false)
    private let preparer: SamplePreparer
    private let format: BatchFormat
    private let groupsPerBatch: Int
    private let prefetch: Int
    private let chunkSize: Int
    private let comparesImages: Bool
    private let badLimit: Double
    private let onBadSample: BadSampleHandler

    private var order: SampleOrder
    private var assembler: BatchAssembler
    /// Results of chunks whose predecessors are still under way.
    private var arrived: [Int: ChunkResult] = [:]
    private var nextChunk = 0
    /// Groups that were claimed and have not reached the assembler.
    private var underWay = 0
    /// Batches that were assembled, and copied together, by number.
    private var draftCount = 0
    private var ready: [Int: Batch] = [:]
    private var taken = 0
    private var bad: Set<SampleIdentity> = []
    private var report = LoaderReport()
    private var failure: (any Error)?
    private var liveThreads = 0
    /// What to open ahead, where the data set has blocks to open, and the last place whose samples and all before it have
    /// been prepared.
    private var ahead: BlocksAhead?
    private var reached: (epoch: Int, place: Int)

    /// The outcome of a chunk: a group for each place, or why there is none.
    struct ChunkResult {
        let chunk: SampleChunk
        let groups: [Result<PreparedGroup, SampleFailure>]
    }

    init(
        preparer: SamplePreparer, format: BatchFormat, options: LoaderOptions, from position: LoaderPosition,
        onBadSample: @escaping BadSampleHandler
    ) {
        self.preparer = preparer
        self.format = format
        self.onBadSample = onBadSample
        badLimit = options.badLimit
        let dataset = preparer.dataset
        groupsPerBatch = options.batchSize / dataset.groupSize
        prefetch = options.prefetch
        comparesImages = options.comparesImages
        chunkSize = max(1, min(16, groupsPerBatch / options.threads))
        let blocks = dataset.blocks
        order = SampleOrder(count: dataset.count, blocks: blocks, options: options, from: position)
        if !blocks.isEmpty, dataset.openBlocks >= 2 * BlocksAhead.mixed(options) {
            ahead = BlocksAhead(count: dataset.count, blocks: blocks, options: options)
        }
        reached = (position.epoch, position.cursor)
        assembler = BatchAssembler(
            count: dataset.count, groupsPerBatch: groupsPerBatch, options: options, from: position)
    }

    /// Starts the threads. They hold the engine until `stop` or the last batch.
    func start(threads: Int) {
        condition.withLock { liveThreads = threads }
        for number in 0..<threads { start("loader \(number)") { [self] in work() } }
        // Nobody waits for its end: a large shard is long in being unpacked.
        if ahead != nil { start("loader ahead") { [self] in openAhead() } }
    }

    private func start(_ name: String, _ work: @escaping @Sendable () -> Void) {
        let thread = Thread(block: work)
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Ends the threads as soon as each is done with its sample.
    func stop(waiting: Bool) {
        stopped.store(true, ordering: .releasing)
        condition.withLock {
            condition.broadcast()
            while waiting && liveThreads > 0 { condition.wait() }
            ready = [:]
            arrived = [:]
        }
    }

    var currentReport: LoaderReport { condition.withLock { report } }

    /// The next batch, `nil` after the last one or once stopped.
    func next() throws -> Batch? {
        let start = ContinuousClock.now
        return try condition.withLock {
            while true {
                if stopped.load(ordering: .acquiring) { return nil }
                if let batch = ready.removeValue(forKey: taken) { return take(batch, since: start) }
                if taken == draftCount {
                    if let failure { throw failure }
                    if order.isAtEnd && underWay == 0 { return nil }
                }
                condition.wait()
            }
        }
    }

    private func take(_ batch: Batch, since start: ContinuousClock.Instant) -> Batch {
        taken += 1
        report.batches += 1
        report.truncated += batch.truncatedCount
        report.waited += ContinuousClock.now - start
        condition.broadcast()
        return batch
    }
}

// The work of a thread.
extension LoaderEngine {
    private func work() {
        while let chunk = claim() {
            guard let result = prepare(chunk) else { break }
            for (number, draft) in deliver(result) {
                let batch = Batch(
                    draft, format: format,
                    imageName: comparesImages
                        ? { [preparer] in preparer.dataset.imageName(at: $0, epoch: draft.epoch) } : nil)
                condition.withLock {
                    if !stopped.load(ordering: .relaxed) { ready[number] = batch }
                    condition.broadcast()
                }
            }
        }
        condition.withLock {
            liveThreads -= 1
            condition.broadcast()
        }
    }

    /// Opens blocks while the threads beside read those before.
    private func openAhead() {
        while let block = nextBlock() { preparer.dataset.openBlock(at: block.lowerBound) }
    }

    /// Waits until a block is to be opened; `nil` once stopped or where all samples have been handed out.
    private func nextBlock() -> Range<Int>? {
        condition.withLock {
            while !stopped.load(ordering: .acquiring) && failure == nil && !order.isAtEnd {
                if let block = ahead?.next(reached: reached.place, epoch: reached.epoch) { return block }
                condition.wait()
            }
            return nil
        }
    }

    /// Waits until fewer batches than the limit are under way, and takes the next samples.
    private func claim() -> SampleChunk? {
        condition.withLock {
            while !stopped.load(ordering: .acquiring) && failure == nil && !order.isAtEnd {
                let open = (prefetch + 1 - (draftCount - taken)) * groupsPerBatch - assembler.current.count - underWay
                if open > 0, let chunk = order.next(atMost: min(chunkSize, open)) {
                    underWay += chunk.places.count
                    return chunk
                }
                condition.wait()
            }
            return nil
        }
    }

    /// The chunk's samples, or `nil` once stopped.
    private func prepare(_ chunk: SampleChunk) -> ChunkResult? {
        var groups: [Result<PreparedGroup, SampleFailure>] = []
        for (place, index) in zip(chunk.places, chunk.indices) {
            if stopped.load(ordering: .relaxed) { return nil }
            do {
                let samples = try preparer.samples(at: index, epoch: chunk.epoch)
                groups.append(.success(PreparedGroup(place: place, index: index, samples: samples)))
            } catch {
                groups.append(.failure(failure(of: index, epoch: chunk.epoch, error)))
            }
        }
        return ChunkResult(chunk: chunk, groups: groups)
    }

    private func failure(of index: Int, epoch: Int, _ error: any Error) -> SampleFailure {
        do { try preparer.dataset.checkPresence(at: index, epoch: epoch) } catch { return .gone(error) }
        return .bad(BadSample(name: preparer.dataset.name(at: index, epoch: epoch), reason: "\(error)"))
    }

    /// Puts results in order; gives the numbered batches that are complete with them.
    private func deliver(_ result: ChunkResult) -> [(Int, BatchDraft)] {
        condition.withLock {
            arrived[result.chunk.number] = result
            var drafts: [BatchDraft] = []
            while failure == nil, let next = arrived.removeValue(forKey: nextChunk) {
                nextChunk += 1
                drafts += assemble(next)
            }
            condition.broadcast()
            defer { draftCount += drafts.count }
            return drafts.enumerated().map { (draftCount + $0.offset, $0.element) }
        }
    }

    private func assemble(_ result: ChunkResult) -> [BatchDraft] {
        var drafts: [BatchDraft] = []
        if let place = result.chunk.places.last, (result.chunk.epoch, place) > reached {
            reached = (result.chunk.epoch, place)
        }
        for (index, group) in zip(result.chunk.indices, result.groups) {
            underWay -= 1
            report.read += 1
            if case .failure(let reason) = group {
                failure = failure ?? note(reason, at: index, epoch: result.chunk.epoch)
            }
            if failure != nil { return drafts }
            let (complete, isEmptyEpoch) = assembler.add(try? group.get())
            drafts += complete
            if isEmptyEpoch {
                failure = emptyEpoch
                return drafts
            }
        }
        return drafts
    }

    /// Counts and names a sample that cannot be used; gives the error that ends the run, if it does.
    private func note(_ reason: SampleFailure, at index: Int, epoch: Int) -> (any Error)? {
        guard case .bad(let sample) = reason else { return reason.error }
        report.failedReads += 1
        if bad.insert(preparer.dataset.identity(at: index, epoch: epoch)).inserted {
            report.bad.add(sample)
            do { try onBadSample(sample, epoch) } catch { return error }
        }
        guard report.read >= LoaderOptions.fewestReads,
            Double(report.failedReads) > badLimit * Double(report.read)
        else { return nil }
        let share = String(format: "%g %%", badLimit * 100)
        return DatasetError(
            "data set",
            "expected at most \(share) bad samples, found \(report.failedReads) of \(report.read); the last: \(sample)")
    }

    /// Why an epoch gave no batch.
    private var emptyEpoch: DatasetError {
        let dataset = preparer.dataset
        let before = dataset.skipped.first.first.map {
            "; \(dataset.skipped.count) entries of the data were passed over before, the first: \($0)"
        }
        guard let first = report.bad.first.first else {
            let (size, pairs) = (groupsPerBatch * dataset.groupSize, dataset.count * dataset.groupSize)
            return DatasetError("data set", "expected a batch of \(size) pairs, found \(pairs)\(before ?? "")")
        }
        let found = "\(report.bad.count) of \(dataset.count) samples cannot be used"
        return DatasetError(
            "data set", "expected a batch an epoch, found none: \(found); the first: \(first)\(before ?? "")")
    }
}

/// Why a sample is missing from a batch.
enum SampleFailure: Error {
    case bad(BadSample)
    /// The data set itself is no longer there.
    case gone(any Error)

    var error: (any Error)? { if case .gone(let error) = self { error } else { nil } }
}
