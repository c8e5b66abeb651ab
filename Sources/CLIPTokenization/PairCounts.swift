/// How often each two tokens stand side by side in a set of counted words, kept up to date while pairs are merged.
///
/// A merge touches only the words that hold the pair. The most frequent pair comes from a heap whose entries may be out
/// of date: counts of pairs that do not hold the newest token only fall, so an entry is corrected when it comes up.
struct PairCounts {
    /// Two tokens side by side.
    struct Pair: Hashable {
        let left: Int32
        let right: Int32
    }

    private var words: [Word] = []
    private var counts: [Pair: Int] = [:]
    private var places: [Pair: [Int32]] = [:]
    private var heap = MinimumHeap<Candidate>()

    private struct Word {
        var symbols: [Int32]
        let count: Int
    }

    /// Counts the pairs of words.
    ///
    /// - Parameter words: The words as bytes, and how often each occurs.
    init(words counted: [[UInt8]: Int]) {
        var ids = [Int32](repeating: 0, count: 256)
        for (id, byte) in ByteAlphabet.order.enumerated() { ids[Int(byte)] = Int32(id) }
        for (bytes, count) in counted where bytes.count > 1 {
            var symbols = bytes.map { ids[Int($0)] }
            symbols[symbols.count - 1] += 256
            let place = Int32(words.count)
            words.append(Word(symbols: symbols, count: count))
            for pair in Self.pairs(of: symbols) {
                counts[pair, default: 0] += count
                if places[pair]?.last != place { places[pair, default: []].append(place) }
            }
        }
        for (pair, count) in counts { heap.insert(Candidate(count: count, pair: pair)) }
    }

    /// Takes out the most frequent pair, or gives nil where none reaches the minimum.
    mutating func popMostFrequent(minimum: Int) -> Pair? {
        while let candidate = heap.popMinimum() {
            let count = counts[candidate.pair, default: 0]
            if count == candidate.count { return count >= max(minimum, 1) ? candidate.pair : nil }
            if count > 0 { heap.insert(Candidate(count: count, pair: candidate.pair)) }
        }
        return nil
    }

    /// Replaces a pair by a token wherever it stands.
    mutating func merge(_ pair: Pair, into token: Int32) {
        var changed: Set<Pair> = []
        for place in places.removeValue(forKey: pair) ?? [] {
            let old = words[Int(place)]
            let new = Self.replace(pair, by: token, in: old.symbols)
            if new.count == old.symbols.count { continue }
            for pair in Self.pairs(of: old.symbols) { counts[pair, default: 0] -= old.count }
            for pair in Self.pairs(of: new) {
                counts[pair, default: 0] += old.count
                guard pair.left == token || pair.right == token else { continue }
                changed.insert(pair)
                if places[pair]?.last != place { places[pair, default: []].append(place) }
            }
            words[Int(place)].symbols = new
        }
        counts[pair] = nil
        for pair in changed { heap.insert(Candidate(count: counts[pair, default: 0], pair: pair)) }
    }

    private static func pairs(of symbols: [Int32]) -> some Sequence<Pair> {
        zip(symbols, symbols.dropFirst()).lazy.map { Pair(left: $0, right: $1) }
    }

    private static func replace(_ pair: Pair, by token: Int32, in symbols: [Int32]) -> [Int32] {
        var result: [Int32] = []
        result.reserveCapacity(symbols.count)
        for symbol in symbols {
            if symbol == pair.right, result.last == pair.left {
                result[result.count - 1] = token
            } else {
                result.append(symbol)
            }
        }
        return result
    }

    /// A pair in the heap: the most frequent first, then the one with the lowest ids.
    private struct Candidate: Comparable {
        let count: Int
        let pair: Pair

        static func < (a: Candidate, b: Candidate) -> Bool {
            (-a.count, a.pair.left, a.pair.right) < (-b.count, b.pair.left, b.pair.right)
        }
    }
}
