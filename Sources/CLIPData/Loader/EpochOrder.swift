import CLIPImaging

/// The order of one epoch's samples: place by place, the index of the data set.
///
/// A set without blocks is shuffled as a whole. Where it has blocks, their order is shuffled, so many that follow each other
/// make a window, and the samples of a window are shuffled among themselves. Samples that belong to no block are shuffled as a
/// whole and dealt out evenly to the windows. Everything is drawn from the seed and the epoch, and a window is worked out when
/// a place in it is asked for: there is no state that a resumed run would have to restore, and memory is that of a window.
package struct EpochOrder {
    private let seed: UInt64
    private let epoch: Int
    private let windows: [Window]
    /// The samples of no block, in the order in which windows get them.
    private let loose: [Int]
    private var current: (number: Int, indices: [Int])?

    /// Places that follow each other, whose samples are shuffled among themselves.
    struct Window {
        /// The place of its first sample.
        let start: Int
        let blocks: ArraySlice<Range<Int>>
        /// Which of the samples of no block it has, as they come in the order of these.
        let loose: Range<Int>
    }

    package init(count: Int, blocks: [Range<Int>], mixing mixed: Int, epoch: Int, seed: UInt64) {
        (self.seed, self.epoch) = (seed, epoch)
        guard !blocks.isEmpty else {
            loose = Self.permutation(of: count, SeededGenerator(seed: seed, stream: UInt64(bitPattern: Int64(epoch))))
            windows = [Window(start: 0, blocks: [], loose: 0..<count)]
            return
        }
        let single = Self.outside(blocks, count: count)
        loose = Self.permutation(of: single.count, Self.generator(seed, epoch, .loose)).map { single[$0] }
        windows = Self.windows(count: count, blocks: blocks, mixing: mixed, epoch: epoch, seed: seed)
    }

    /// The windows of an epoch, whose blocks come in random order.
    static func windows(count: Int, blocks: [Range<Int>], mixing mixed: Int, epoch: Int, seed: UInt64) -> [Window] {
        let loose = count - blocks.reduce(0) { $0 + $1.count }
        let order = Self.permutation(of: blocks.count, Self.generator(seed, epoch, .blocks)).map { blocks[$0] }
        // Windows of about the same number of blocks: a last one of a single block would be mixed with none.
        let windowCount = (blocks.count + mixed - 1) / mixed
        var windows: [Window] = []
        var start = 0
        for number in 0..<windowCount {
            let members = order[(number * order.count / windowCount)..<((number + 1) * order.count / windowCount)]
            let share = (number * loose / windowCount)..<((number + 1) * loose / windowCount)
            windows.append(Window(start: start, blocks: members, loose: share))
            start += share.count + members.reduce(0) { $0 + $1.count }
        }
        return windows
    }

    /// The index at a place.
    package mutating func index(at place: Int) -> Int {
        let number = windows.partitioningIndex { $0.start > place } - 1
        if current?.number != number { current = (number, indices(of: number)) }
        return current?.indices[place - windows[number].start] ?? 0
    }

    private func indices(of number: Int) -> [Int] {
        let window = windows[number]
        if window.blocks.isEmpty { return Array(loose[window.loose]) }
        let members = window.blocks.flatMap { Array($0) } + loose[window.loose]
        return Self.permutation(of: members.count, Self.generator(seed, epoch, .window(number))).map { members[$0] }
    }

    /// What is drawn, each from a sequence of its own.
    private enum Draw {
        case loose, blocks
        case window(Int)
    }

    private static func generator(_ seed: UInt64, _ epoch: Int, _ draw: Draw) -> SeededGenerator {
        let number =
            switch draw {
            case .loose: 0
            case .blocks: 1
            case .window(let number): 2 + number
            }
        return SeededGenerator(sample: number, epoch: epoch, seed: seed ^ 0x626C_6F63_6B73)
    }

    /// The indices that lie in no block; the blocks come in rising order.
    private static func outside(_ blocks: [Range<Int>], count: Int) -> [Int] {
        var outside: [Int] = []
        var end = 0
        for block in blocks {
            outside += end..<block.lowerBound
            end = block.upperBound
        }
        return outside + Array(end..<count)
    }

    /// Drawn by the Fisher–Yates shuffle.
    private static func permutation(of count: Int, _ generator: SeededGenerator) -> [Int] {
        var generator = generator
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, generator.index(below: last + 1)) }
        return order
    }
}
