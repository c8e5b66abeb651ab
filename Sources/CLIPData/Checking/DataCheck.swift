import CLIPImaging
package import CLIPTokenization
import Foundation
import Synchronization

/// Reads a whole data set on all processors: every image is decoded, every caption tokenized.
///
/// Memory is some tens of bytes a sample, and a bounded number of small pictures.
package final class DataCheck: Sendable {
    private let pairs: any StoredPairs
    private let tokenizer: (any Tokenizer)?
    private let findings: Mutex<DataFindings>
    private let nextChunk = Atomic<Int>(0)

    /// How many samples a thread takes at a time, next to one another as they lie in shards.
    private static let chunkSize = 32
    /// How many small pictures of the set there are at the most.
    private static let shownSamples = 120

    private init(_ pairs: any StoredPairs, _ tokenizer: (any Tokenizer)?) {
        (self.pairs, self.tokenizer) = (pairs, tokenizer)
        findings = Mutex(DataFindings(context: tokenizer?.contextLength))
    }

    /// Looks through a data set.
    ///
    /// - Parameters:
    ///   - source: What the report calls the set.
    ///   - tokenizer: What captions are counted with; without one they are not.
    ///   - shouldStop: Asked before each sample, by all threads.
    ///   - onSamples: Told how many samples more have been looked at, by all threads.
    /// - Throws: `CancellationError` once it should stop.
    package static func report(
        on pairs: any StoredPairs, named source: String, tokenizer: (any Tokenizer)?,
        shouldStop: @Sendable () -> Bool = { false }, onSamples: @Sendable (Int) -> Void = { _ in }
    ) throws -> DataReport {
        let check = DataCheck(pairs, tokenizer)
        DispatchQueue.concurrentPerform(iterations: ProcessInfo.processInfo.activeProcessorCount) { _ in
            while !shouldStop(), let range = check.nextRange() {
                check.look(at: range, shouldStop)
                onSamples(range.count)
            }
        }
        if shouldStop() { throw CancellationError() }
        return check.findings.withLock { $0.report(on: pairs, named: source) }
    }

    private func nextRange() -> Range<Int>? {
        let start = nextChunk.add(1, ordering: .relaxed).oldValue * Self.chunkSize
        return start < pairs.count ? start..<min(start + Self.chunkSize, pairs.count) : nil
    }

    private func look(at range: Range<Int>, _ shouldStop: () -> Bool) {
        var found = DataFindings(context: tokenizer?.contextLength)
        for index in range {
            if shouldStop() { return }
            do {
                let finding = try SampleFinding(pairs, at: index, tokenizer: tokenizer, isShown: isShown(index))
                found.add(finding, at: index)
            } catch {
                let sample = BadSample(name: pairs.name(at: index), reason: "\(error)")
                found.add(sample, UnreadableReason.words(for: error), at: index)
            }
        }
        findings.withLock { $0.add(found) }
    }

    /// Whether a sample is one of those that are spread evenly over the set.
    private func isShown(_ index: Int) -> Bool {
        let shown = min(Self.shownSamples, pairs.count)
        let number = index * shown / pairs.count
        return index == (number * pairs.count + shown - 1) / shown
    }
}
