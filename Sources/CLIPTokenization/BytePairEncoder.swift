/// Merges the bytes of a word into tokens: always the pair of the lowest rank, of equal ones the leftmost.
struct BytePairEncoder: Sendable {
    private let merges: MergeTable
    private let byteIDs: [Int32]

    init(_ vocabulary: BPEVocabulary) {
        merges = MergeTable(vocabulary.mergeIDs)
        byteIDs = vocabulary.byteIDs
    }

    /// Longer words take the way whose time grows with n log n instead of n².
    private static let longWord = 48

    /// Appends the tokens of a word.
    ///
    /// - Parameter word: The bytes of the word's UTF-8; must not be empty.
    func encode(_ word: [UInt8], into ids: inout [Int32]) {
        let start = ids.count
        for byte in word.dropLast() { ids.append(byteIDs[Int(byte)]) }
        guard let last = word.last else { return }
        ids.append(byteIDs[256 + Int(last)])
        if word.count > Self.longWord {
            let merged = mergeLong(Array(ids[start...]))
            ids.replaceSubrange(start..., with: merged)
        } else {
            mergeShort(&ids, from: start)
        }
    }

    /// Looks through all pairs for each merge.
    private func mergeShort(_ ids: inout [Int32], from start: Int) {
        while ids.count - start > 1 {
            var best = MergeTable.Entry(rank: .max, result: 0)
            var position = 0
            for index in start..<ids.count - 1 {
                if let entry = merges.merge(ids[index], ids[index + 1]), entry.rank < best.rank {
                    best = entry
                    position = index
                }
            }
            if best.rank == .max { return }
            ids[position] = best.result
            ids.remove(at: position + 1)
        }
    }

    /// Keeps the pairs in a heap and the tokens in a linked list; a pair that has changed since it was put in the heap
    /// is passed over.
    private func mergeLong(_ symbols: [Int32]) -> [Int32] {
        var list = SymbolList(symbols)
        var heap = MinimumHeap<PendingMerge>()
        func offer(_ position: Int) {
            guard let next = list.next(position),
                let entry = merges.merge(list.symbols[position], list.symbols[next])
            else { return }
            heap.insert(
                PendingMerge(
                    rank: entry.rank, position: Int32(position), left: list.symbols[position],
                    right: list.symbols[next], result: entry.result))
        }
        for position in 0..<symbols.count - 1 { offer(position) }
        while let merge = heap.popMinimum() {
            let position = Int(merge.position)
            guard list.symbols[position] == merge.left, let next = list.next(position),
                list.symbols[next] == merge.right
            else { continue }
            list.join(position, as: merge.result)
            if let previous = list.previous(position) { offer(previous) }
            offer(position)
        }
        return list.symbols.filter { $0 >= 0 }
    }
}

/// A merge that was possible when it was found.
private struct PendingMerge: Comparable {
    let rank: Int32
    let position: Int32
    let left: Int32
    let right: Int32
    let result: Int32

    static func < (a: PendingMerge, b: PendingMerge) -> Bool {
        (a.rank, a.position) < (b.rank, b.position)
    }
}

/// Tokens in a row, from which tokens vanish: a vanished one is -1.
private struct SymbolList {
    private(set) var symbols: [Int32]
    private var nexts: [Int32]
    private var previouses: [Int32]

    init(_ symbols: [Int32]) {
        self.symbols = symbols
        nexts = symbols.indices.map { Int32($0 + 1 < symbols.count ? $0 + 1 : -1) }
        previouses = symbols.indices.map { Int32($0 - 1) }
    }

    func next(_ position: Int) -> Int? { nexts[position] < 0 ? nil : Int(nexts[position]) }
    func previous(_ position: Int) -> Int? { previouses[position] < 0 ? nil : Int(previouses[position]) }

    /// Replaces the token at a position and its right neighbour by one.
    mutating func join(_ position: Int, as symbol: Int32) {
        guard let right = next(position) else { return }
        symbols[position] = symbol
        symbols[right] = -1
        nexts[position] = nexts[right]
        if let after = next(position) { previouses[after] = Int32(position) }
    }
}
