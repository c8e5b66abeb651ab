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
        for start in stride(from: 0, to: queries.count, by: Self.queriesAtOnce) {
            let range = start..<min(start + Self.queriesAtOnce, queries.count)
            let values = queries.values[range.lowerBound * queries.width..<range.upperBound * queries.width]
            let rows = Embeddings(width: queries.width, values: Array(values))
            ranks += Retrieval(try SimilarityMatrix(rows, candidates), matches: Array(matches[range])).ranks
        }
        self.ranks = ranks
        self.candidates = candidates.count
    }

    private static let queriesAtOnce = 256

    /// Ranks where row i matches column i and no other: a square matrix.
    public init(pairs similarities: SimilarityMatrix) {
        precondition(similarities.rows == similarities.columns, "as many images as texts")
        self.init(similarities, matches: (0..<similarities.rows).map { [$0] })
    }

    /// The share of the queries that have a true match among the first `k` candidates, from 0 to 1; 0 without a query.
    public func recall(at k: Int) -> Double {
        ranks.isEmpty ? 0 : Double(ranks.count { $0 < k }) / Double(ranks.count)
    }

    /// The recall of an order by chance where each query has one true match.
    public func chance(at k: Int) -> Double { candidates == 0 ? 0 : min(1, Double(k) / Double(candidates)) }

    /// The place of the middle query's best true match, from 1; nil without a query. Of an even number of queries it is the
    /// lower of the two in the middle.
    public var medianRank: Int? {
        ranks.isEmpty ? nil : ranks.sorted()[(ranks.count - 1) / 2] + 1
    }
}
