package import CLIP

/// How often a query finds a true match among the first candidates.
public struct Retrieval: Sendable, Hashable {
    /// For each query with a true match, how many wrong candidates stand before its best one.
    public let ranks: [Int]
    /// The number of candidates.
    public let candidates: Int

    /// Ranks the candidates of each query.
    ///
    /// - Parameter matches: For each row of the similarities the columns that truly match it: one or several. Rows
    ///   without one do not count.
    public init(_ similarities: SimilarityMatrix, matches: [Set<Int>]) {
        precondition(matches.count == similarities.rows, "the true matches of each query")
        ranks = matches.enumerated().compactMap { similarities.rank(of: $0.element, in: $0.offset) }
        candidates = similarities.columns
    }

    /// Ranks the candidates of each query by the products of their rows, some queries at a time: the memory grows with the
    /// number of candidates alone.
    package init(_ queries: Embeddings, _ candidates: Embeddings, matches: [Set<Int>]) throws {
        precondition(matches.count == queries.count, "the true matches of each query")
        var ranks: [Int] = []
        try Retriever(candidates).forEachStrip(of: queries) { first, rows, scores in
            let strip = SimilarityMatrix(scores, columns: candidates.count)
            ranks += Retrieval(strip, matches: Array(matches[first..<first + rows])).ranks
        }
        self.ranks = ranks
        self.candidates = candidates.count
    }

    /// Ranks where row i matches column i and no other: a square matrix.
    public init(pairs similarities: SimilarityMatrix) {
        precondition(similarities.rows == similarities.columns, "as many images as texts")
        self.init(similarities, matches: (0..<similarities.rows).map { [$0] })
    }

    /// The share of the queries that have a true match among the first `k` candidates, from 0 to 1; 0 without a query.
    public func recall(at k: Int) -> Double { recall(at: k, nil) }

    /// The same of a sample in which each query occurs as often as its weight says.
    func recall(at k: Int, _ weights: [Int32]?) -> Double { share(of: ranks, below: k, weights) }

    /// The recall of an order by chance where each query has one true match.
    public func chance(at k: Int) -> Double { candidates == 0 ? 0 : min(1, Double(k) / Double(candidates)) }

    /// The place of the middle query's best true match, from 1; nil without a query. Of an even number of queries it is the
    /// lower of the two in the middle.
    public var medianRank: Int? {
        ranks.isEmpty ? nil : ranks.sorted()[(ranks.count - 1) / 2] + 1
    }

    /// The same of a sample in which each query occurs as often as its weight says, which are as many.
    func medianRank(_ weights: [Int32]) -> Double {
        var counts: [Int: Int] = [:]
        for (rank, weight) in zip(ranks, weights) where weight > 0 { counts[rank, default: 0] += Int(weight) }
        let middle = (ranks.count - 1) / 2
        var before = 0
        for (rank, count) in counts.sorted(by: { $0.key < $1.key }) {
            before += count
            if before > middle { return Double(rank + 1) }
        }
        return 0
    }
}
