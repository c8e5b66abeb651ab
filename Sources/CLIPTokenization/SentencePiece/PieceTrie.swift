#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Finds pieces in a text by their bytes: the children of a node lie side by side, sorted.
///
/// It takes nine bytes a node, and there are at most as many nodes as the pieces have bytes.
struct PieceTrie: Sendable {
    private var labels: [UInt8] = [0]
    private var ids: [Int32] = [-1]
    /// Node `n`'s children are `firstChild[n] ..< firstChild[n + 1]`.
    private var firstChild: [Int32] = []
    private var rootChildren = [Int32](repeating: -1, count: 256)

    /// A trie of pieces that are neither empty nor the same; of two that are, the one with the higher id stays.
    init(_ pieces: [(bytes: [UInt8], id: Int32)]) {
        let sorted = SortedPieces(pieces)
        // Level by level: each node stands for a range of the sorted pieces that begin alike.
        var level: [(range: Range<Int>, node: Int)] = [(0..<pieces.count, 0)]
        var depth = 0
        while !level.isEmpty {
            var next: [(range: Range<Int>, node: Int)] = []
            for (range, node) in level {
                firstChild.append(Int32(labels.count))
                addChildren(of: node, sorted, range, depth, &next)
            }
            level = next
            depth += 1
        }
        firstChild.append(Int32(labels.count))
        for child in children(0) { rootChildren[Int(labels[child])] = Int32(child) }
    }

    private mutating func addChildren(
        of node: Int, _ sorted: SortedPieces, _ range: Range<Int>, _ depth: Int,
        _ next: inout [(range: Range<Int>, node: Int)]
    ) {
        var position = range.lowerBound
        while position < range.upperBound, sorted.count(position) == depth {
            ids[node] = sorted.ids[position]
            position += 1
        }
        while position < range.upperBound {
            let start = position
            let label = sorted.byte(position, depth)
            while position < range.upperBound, sorted.byte(position, depth) == label { position += 1 }
            next.append((start..<position, labels.count))
            labels.append(label)
            ids.append(-1)
        }
    }

    /// Pieces in the order of their bytes, which lie in one block: there may be hundreds of thousands.
    private struct SortedPieces {
        private var bytes: [UInt8] = []
        /// Piece `n` is `bytes[starts[n] ..< starts[n + 1]]`.
        private var starts: [Int] = [0]
        let ids: [Int32]

        init(_ pieces: [(bytes: [UInt8], id: Int32)]) {
            let sorted = pieces.sorted { one, other in
                let order = memcmp(one.bytes, other.bytes, min(one.bytes.count, other.bytes.count))
                if order != 0 { return order < 0 }
                return (one.bytes.count, one.id) < (other.bytes.count, other.id)
            }
            ids = sorted.map(\.id)
            for piece in sorted {
                bytes += piece.bytes
                starts.append(bytes.count)
            }
        }

        func count(_ piece: Int) -> Int { starts[piece + 1] - starts[piece] }

        func byte(_ piece: Int, _ position: Int) -> UInt8 { bytes[starts[piece] + position] }
    }

    private func children(_ node: Int) -> Range<Int> { Int(firstChild[node])..<Int(firstChild[node + 1]) }

    @inline(__always)
    private func child(_ node: Int, _ label: UInt8) -> Int? {
        if node == 0 { return rootChildren[Int(label)] < 0 ? nil : Int(rootChildren[Int(label)]) }
        var (low, high) = (Int(firstChild[node]), Int(firstChild[node + 1]))
        while low < high {
            let middle = (low + high) / 2
            if labels[middle] < label { low = middle + 1 } else { high = middle }
        }
        return low < Int(firstChild[node + 1]) && labels[low] == label ? low : nil
    }

    /// Tells every piece that begins at a position, the shortest first: where it ends, and its id.
    @inline(__always)
    func forEachPrefix(of text: [UInt8], from start: Int, to end: Int, _ body: (_ end: Int, _ id: Int32) -> Void) {
        var node = 0
        var position = start
        while position < end, let next = child(node, text[position]) {
            node = next
            position += 1
            if ids[node] >= 0 { body(position, ids[node]) }
        }
    }

    /// The longest piece that begins at a position.
    func longestPrefix(of text: [UInt8], from start: Int, to end: Int) -> (end: Int, id: Int32)? {
        var longest: (end: Int, id: Int32)?
        forEachPrefix(of: text, from: start, to: end) { longest = ($0, $1) }
        return longest
    }

    /// The id of the piece that a range of a text is.
    func id(of text: [UInt8], _ range: Range<Int>) -> Int32? {
        var node = 0
        for position in range {
            guard let next = child(node, text[position]) else { return nil }
            node = next
        }
        return ids[node] < 0 ? nil : ids[node]
    }

    /// The id of a piece.
    func id(of text: String) -> Int32? {
        let bytes = Array(text.utf8)
        return id(of: bytes, bytes.indices)
    }
}
