import CLIPData
import CLIPImaging
import Foundation
import Synchronization
import Testing

@Suite("Blocks that are opened ahead", .timeLimit(.minutes(1))) struct BlocksAheadTests {
    private static let blocks = [0..<4, 4..<6, 6..<7, 7..<10, 10..<14]

    private func next(_ ahead: inout BlocksAhead, _ place: Int, _ epoch: Int) -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        while let block = ahead.next(reached: place, epoch: epoch) { blocks.append(block) }
        return blocks
    }

    @Test("in the data set's order they are the one that is read and the next")
    func inOrder() {
        let options = LoaderOptions(batch: 2, epochs: 2) { $0.shuffles = false }
        var ahead = BlocksAhead(count: 14, blocks: Self.blocks, options: options)
        #expect(next(&ahead, 0, 0) == [0..<4, 4..<6])
        #expect(next(&ahead, 3, 0).isEmpty)
        #expect(next(&ahead, 5, 0) == [4..<6, 6..<7])
        #expect(next(&ahead, 13, 0) == [10..<14, 0..<4])
        #expect(next(&ahead, 0, 1) == [0..<4, 4..<6])
        #expect(next(&ahead, 12, 1) == [10..<14])
    }

    @Test("in a random order they are those of two windows, over the end of an epoch too")
    func shuffled() {
        let options = LoaderOptions(batch: 2, epochs: nil) { $0.mixedBlocks = 2 }
        var ahead = BlocksAhead(count: 14, blocks: Self.blocks, options: options)
        var seen: [Range<Int>] = []
        for epoch in 0..<3 {
            var order = EpochOrder(count: 14, blocks: Self.blocks, mixing: 2, epoch: epoch, seed: 0)
            for place in 0..<14 {
                let index = order.index(at: place)
                let opened = next(&ahead, place, epoch)
                #expect(opened.count <= 4)
                if !opened.isEmpty { seen = opened }
                #expect(seen.contains { $0.contains(index) }, "place \(place)")
            }
        }
    }

    @Test("the next block is opened while one is read, and none further ahead", arguments: [false, true])
    func loading(shuffles: Bool) throws {
        let pairs = BlockedPairs(blockCount: 6, blockSize: 4)
        let options = LoaderOptions(batch: 2, epochs: 1) {
            $0.shuffles = shuffles
            $0.mixedBlocks = 1
            $0.prefetch = 1
        }
        #expect(try BatchLoader(pairs, options).all().count == 12)
        #expect(pairs.log.withLock { $0.mostAhead } <= 1)
    }

    @Test("a data set that can open fewer blocks than are mixed and come next is left alone")
    func tooFew() throws {
        let pairs = BlockedPairs(blockCount: 6, blockSize: 4, waits: false)
        let options = LoaderOptions(batch: 2, epochs: 1) { $0.mixedBlocks = 2 }
        #expect(try BatchLoader(pairs, options).all().count == 12)
        #expect(pairs.log.withLock { $0.opened.isEmpty })
    }
}

/// Pairs of which the last of a block waits until the next block has been opened.
private struct BlockedPairs: PairDataset {
    struct Log {
        var opened: Set<Int> = []
        var reads: [Int: Int] = [:]
        var mostAhead = 0
    }
    final class Lock: Sendable {
        private let mutex = Mutex(Log())
        func withLock<Result>(_ body: (inout Log) -> Result) -> Result { mutex.withLock { body(&$0) } }
    }
    let blockCount: Int
    let blockSize: Int
    var waits = true
    let log = Lock()

    var count: Int { blockCount * blockSize }
    var blocks: [Range<Int>] { (0..<blockCount).map { $0 * blockSize..<($0 + 1) * blockSize } }
    var openBlocks: Int { 2 }

    func openBlock(at index: Int) { log.withLock { _ = $0.opened.insert(index / blockSize) } }

    func pairs(at index: Int, epoch: Int) throws -> [Pair] {
        let isLast = log.withLock { log in
            log.reads[index / blockSize, default: 0] += 1
            log.mostAhead = max(log.mostAhead, log.opened.count - log.reads.count)
            return log.reads[index / blockSize] == blockSize
        }
        while waits, isLast, !log.withLock({ $0.opened.count > min($0.reads.count, blockCount - 1) }) { usleep(100) }
        return [Pair(image: .gradient(index, width: 9, height: 8), caption: "picture \(index)")]
    }
}
