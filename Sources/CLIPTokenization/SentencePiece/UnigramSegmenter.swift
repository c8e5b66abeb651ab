/// Cuts a text into the pieces whose scores have the largest sum: Viterbi's algorithm over the ends of characters.
///
/// Time and memory grow with the text, times the longest piece at most.
struct UnigramSegmenter: Sendable {
    /// How the sums are rounded, which decides between segmentations that are equally good.
    enum Arithmetic: Sendable {
        /// The library sentencepiece: every sum is a float.
        case single
        /// The library tokenizers: all in double.
        case double
    }

    private let trie: PieceTrie
    private let scores: [Double]
    private let arithmetic: Arithmetic
    /// Pieces that a user defined count for a little below nothing, whatever their length, so that they always win.
    private let isUserDefined: [Bool]
    private let largestScore: Float
    private let unknownID: Int32
    private let unknownScore: Double

    /// What a character that no piece covers costs beyond the least probable piece.
    private static let unknownPenalty = 10.0

    /// The pieces of a SentencePiece model.
    init(_ model: SentencePieceModel, trie: PieceTrie) {
        self.trie = trie
        arithmetic = .single
        scores = model.pieces.map { Double($0.score) }
        isUserDefined = model.pieces.map { $0.type == .userDefined }
        let normal = model.pieces.lazy.filter { $0.type == .normal }.map(\.score)
        largestScore = max(normal.max() ?? 0, .leastNormalMagnitude)
        unknownID = Int32(model.unknownID)
        unknownScore = Double((normal.min() ?? 0) - Float(Self.unknownPenalty))
    }

    /// The pieces of a `tokenizer.json`; every one takes part.
    init(scores: [Double], unknownID: Int32, trie: PieceTrie) {
        self.trie = trie
        arithmetic = .double
        self.scores = scores
        isUserDefined = []
        largestScore = 0
        self.unknownID = unknownID
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
    }

    /// A piece of the text; neighbouring unknown characters are not joined yet.
    struct Segment: Equatable {
        let range: Range<Int>
        let id: Int32
    }

    private struct Best {
        var score = 0.0
        var start: Int32 = -1
        var id: Int32 = -1
    }

    /// The best segmentation of a range of UTF-8 that begins and ends with whole characters.
    func segments(of text: [UInt8], _ range: Range<Int>) -> [Segment] {
        var ends = [Best](repeating: Best(), count: range.count + 1)
        var start = range.lowerBound
        while start < range.upperBound {
            let next = min(UTF8Encoding.end(of: text, from: start), range.upperBound)
            let score = ends[start - range.lowerBound].score
            var coversCharacter = false
            trie.forEachPrefix(of: text, from: start, to: range.upperBound) { end, id in
                let sum = score + self.score(id, length: end - start)
                offer(sum, start - range.lowerBound, id, &ends[end - range.lowerBound])
                coversCharacter = coversCharacter || end == next
            }
            if !coversCharacter {
                offer(score + unknownScore, start - range.lowerBound, unknownID, &ends[next - range.lowerBound])
            }
            start = next
        }
        return path(ends, from: range.lowerBound)
    }

    @inline(__always)
    private func score(_ id: Int32, length: Int) -> Double {
        guard arithmetic == .single, isUserDefined[Int(id)] else { return scores[Int(id)] }
        return Double(Float(length) * largestScore - 0.1)
    }

    @inline(__always)
    private func rounded(_ sum: Double) -> Double { arithmetic == .single ? Double(Float(sum)) : sum }

    /// Of equally good ways the first stays: the one whose last piece begins earlier.
    @inline(__always)
    private func offer(_ sum: Double, _ start: Int, _ id: Int32, _ best: inout Best) {
        let sum = rounded(sum)
        if best.start < 0 || sum > best.score { best = Best(score: sum, start: Int32(start), id: id) }
    }

    private func path(_ ends: [Best], from offset: Int) -> [Segment] {
        var segments: [Segment] = []
        var end = ends.count - 1
        while end > 0 {
            let best = ends[end]
            segments.append(Segment(range: offset + Int(best.start)..<offset + end, id: best.id))
            end = Int(best.start)
        }
        return segments.reversed()
    }
}
