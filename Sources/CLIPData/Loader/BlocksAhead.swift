/// Which blocks a loader opens ahead of need: those of the window that it reads, and then those of the window after it.
///
/// Blocks of the window that is read are named again when it is entered, which keeps them from being closed in place of the
/// window's before. So twice as many blocks as are mixed are open at the most.
package struct BlocksAhead {
    private let count: Int
    private let blocks: [Range<Int>]
    private let options: LoaderOptions
    /// The window that has been entered, and all windows of its epoch.
    private var current: (epoch: Int, window: Int)?
    private var windows: [EpochOrder.Window] = []
    private var pending: ArraySlice<Range<Int>> = []

    package init(count: Int, blocks: [Range<Int>], options: LoaderOptions) {
        (self.count, self.blocks, self.options) = (count, blocks, options)
    }

    /// How many blocks are mixed at a time.
    static func mixed(_ options: LoaderOptions) -> Int { options.shuffles ? options.mixedBlocks : 1 }

    /// The next block to open where all before a place of an epoch's order has been read; `nil` until a later one has been.
    package mutating func next(reached place: Int, epoch: Int) -> Range<Int>? {
        if current?.epoch != epoch { windows = windows(of: epoch) }
        let window = max(0, windows.partitioningIndex { $0.start > place } - 1)
        if current?.epoch != epoch || current?.window != window { enter(window, epoch) }
        return pending.popFirst()
    }

    private mutating func enter(_ window: Int, _ epoch: Int) {
        current = (epoch, window)
        pending = windows[window].blocks + following(window, epoch)
    }

    private func following(_ window: Int, _ epoch: Int) -> ArraySlice<Range<Int>> {
        if window + 1 < windows.count { return windows[window + 1].blocks }
        let isLast = options.epochs.map { epoch + 1 >= $0 } ?? false
        return isLast ? [] : windows(of: epoch + 1).first?.blocks ?? []
    }

    private func windows(of epoch: Int) -> [EpochOrder.Window] {
        guard options.shuffles else {
            return blocks.indices.map { .init(start: blocks[$0].lowerBound, blocks: blocks[$0...$0], loose: 0..<0) }
        }
        return EpochOrder.windows(
            count: count, blocks: blocks, mixing: options.mixedBlocks, epoch: epoch, seed: options.seed)
    }
}
