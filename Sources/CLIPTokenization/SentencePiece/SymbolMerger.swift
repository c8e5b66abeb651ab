/// Merges neighbouring symbols of a text, the most urgent pair first and of equal ones the leftmost, in time that grows
/// with n log n.
struct SymbolMerger {
    /// A part of the text, the parts in a row.
    struct Symbol {
        var length: Int32
        var id: Int32
        /// Whether it stays as it is.
        var isFrozen = false
    }

    /// What two neighbours become; the pair of the least rank is merged first.
    struct Merge {
        let rank: Double
        let id: Int32
    }

    /// Which neighbours are merged: `start` is where the left one begins in the text.
    typealias Rule = (_ start: Int, _ left: Symbol, _ right: Symbol) -> Merge?

    private struct Pending: Comparable {
        let rank: Double
        let position: Int32
        let length: Int32
        let id: Int32

        static func < (a: Pending, b: Pending) -> Bool { (a.rank, a.position) < (b.rank, b.position) }
    }

    private var symbols: [Symbol]
    private var starts: [Int32] = []
    private var nexts: [Int32]
    private var previouses: [Int32]
    private var heap = MinimumHeap<Pending>()

    private init(_ symbols: [Symbol]) {
        self.symbols = symbols
        nexts = symbols.indices.map { Int32($0 + 1 < symbols.count ? $0 + 1 : -1) }
        previouses = symbols.indices.map { Int32($0 - 1) }
        var start: Int32 = 0
        for symbol in symbols {
            starts.append(start)
            start += symbol.length
        }
    }

    /// The symbols that are left when no rule applies any more.
    static func merged(_ symbols: [Symbol], by rule: Rule) -> [Symbol] {
        var merger = SymbolMerger(symbols)
        for position in symbols.indices.dropLast() { merger.offer(position, rule) }
        while let pending = merger.heap.popMinimum() { merger.perform(pending, rule) }
        return merger.symbols.filter { $0.length > 0 }
    }

    private mutating func offer(_ position: Int, _ rule: Rule) {
        guard nexts[position] >= 0 else { return }
        let (left, right) = (symbols[position], symbols[Int(nexts[position])])
        guard !left.isFrozen, !right.isFrozen, let merge = rule(Int(starts[position]), left, right) else { return }
        heap.insert(
            Pending(rank: merge.rank, position: Int32(position), length: left.length + right.length, id: merge.id))
    }

    /// Merges a pair unless one of the two has grown since it was found, which shows in their length.
    private mutating func perform(_ pending: Pending, _ rule: Rule) {
        let position = Int(pending.position)
        let next = Int(nexts[position])
        guard symbols[position].length > 0, next >= 0, symbols[position].length + symbols[next].length == pending.length
        else { return }
        symbols[position] = Symbol(length: pending.length, id: pending.id)
        symbols[next].length = 0
        nexts[position] = nexts[next]
        if nexts[position] >= 0 { previouses[Int(nexts[position])] = Int32(position) }
        if previouses[position] >= 0 { offer(Int(previouses[position]), rule) }
        offer(position, rule)
    }
}
