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
    private var bad: Set<Int> = []
    private var report = LoaderReport()
    private var failure: DatasetError?
    private var liveThreads = 0

    /// The outcome of a chunk: a group for each place, or why there is none.
    struct ChunkResult {
        let chunk: SampleChunk
        let groups: [Result<PreparedGroup, BadSample>]
    }

    init(
        preparer: SamplePreparer, format: BatchFormat, options: LoaderOptions, from position: LoaderPosition
    ) {
        self.preparer = preparer
        self.format = format
        let dataset = preparer.dataset
        groupsPerBatch = options.batchSize / dataset.groupSize
        prefetch = options.prefetch
        chunkSize = max(1, min(16, groupsPerBatch / options.threads))
        order = SampleOrder(count: dataset.count, options: options, from: position)
        assembler = BatchAssembler(
            count: dataset.count, groupsPerBatch: groupsPerBatch, options: options, from: position)
    }

    /// Starts the threads. They hold the engine until `stop` or the last batch.
    func start(threads: Int) {
        condition.withLock { liveThreads = threads }
        for number in 0..<threads {
            let thread = Thread { [self] in work() }
            thread.name = "loader \(number)"
            thread.stackSize = 8 << 20
            thread.start()
        }
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
                let batch = Batch(draft, format: format)
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
        var groups: [Result<PreparedGroup, BadSample>] = []
        for (place, index) in zip(chunk.places, chunk.indices) {
            if stopped.load(ordering: .relaxed) { return nil }
            do {
                let samples = try preparer.samples(at: index, epoch: chunk.epoch)
                groups.append(.success(PreparedGroup(place: place, index: index, samples: samples)))
            } catch {
                groups.append(.failure(BadSample(name: preparer.dataset.name(at: index), reason: "\(error)")))
            }
        }
        return ChunkResult(chunk: chunk, groups: groups)
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
        for (index, group) in zip(result.chunk.indices, result.groups) {
            underWay -= 1
            if case .failure(let sample) = group { note(sample, at: index) }
            let (complete, isEmptyEpoch) = assembler.add(try? group.get())
            drafts += complete
            if isEmptyEpoch {
                failure = emptyEpoch
                return drafts
            }
        }
        return drafts
    }

    private func note(_ sample: BadSample, at index: Int) {
        guard bad.insert(index).inserted else { return }
        report.badCount += 1
        if report.firstBad.count < BadSamples.named { report.firstBad.append(sample) }
    }

    /// Why an epoch gave no batch.
    private var emptyEpoch: DatasetError {
        let pairs = preparer.dataset.count * preparer.dataset.groupSize
        let found = "\(report.badCount) of \(preparer.dataset.count) samples cannot be used"
        guard let first = report.firstBad.first else {
            return DatasetError(
                "data set", "expected a batch of \(groupsPerBatch * preparer.dataset.groupSize) pairs, found \(pairs)")
        }
        return DatasetError("data set", "expected a batch an epoch, found none: \(found); the first: \(first)")
    }
}

extension BadSample: Error {}
