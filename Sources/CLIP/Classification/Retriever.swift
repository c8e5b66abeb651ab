internal import CLIPTensor

/// Finds the candidates that are most like a query, among embeddings in memory.
///
/// ```swift
/// let retriever = Retriever(try await clip.embed(images: photos))
/// let found = try retriever.best(5, for: clip.embed(texts: ["a red shoe"]))
/// print(photos[found[0][0].position])
/// ```
public struct Retriever: Sendable {
    /// A candidate and how like the query it is.
    public struct Match: Sendable, Hashable {
        /// The candidate's row.
        public let position: Int
        /// The sum of products of its components and the query's: the cosine, where rows have length 1.
        public let similarity: Float
    }

    /// The rows that are searched.
    public let candidates: Embeddings

    /// Searches rows, which should have length 1.
    public init(_ candidates: Embeddings) { self.candidates = candidates }

    /// For each query its best candidates, the best first; of equal ones the first comes first. What is not a number comes
    /// last.
    public func best(_ count: Int, for queries: Embeddings) throws -> [[Match]] {
        guard !candidates.isEmpty else { return queries.map { _ in [] } }
        var result: [[Match]] = []
        result.reserveCapacity(queries.count)
        try forEachStrip(of: queries) { _, rows, scores in
            for row in 0..<rows {
                let scores = scores[row * candidates.count..<(row + 1) * candidates.count]
                result.append(
                    scores.highest(count).map { Match(position: $0, similarity: scores[scores.startIndex + $0]) })
            }
        }
        return result
    }

    /// The similarities of queries and all candidates, `[rows, candidates]`, some queries at a time, so that memory grows with
    /// the number of candidates alone.
    package func forEachStrip(
        of queries: Embeddings, _ body: (_ first: Int, _ rows: Int, _ scores: [Float]) throws -> Void
    ) throws {
        precondition(queries.width == candidates.width, "rows of one width")
        guard !queries.isEmpty, !candidates.isEmpty else { return }
        let columns = try candidates.tensor().transposed()
        let atOnce = max(1, min(1024, Self.scoresAtOnce / candidates.count))
        for first in stride(from: 0, to: queries.count, by: atOnce) {
            let rows = min(atOnce, queries.count - first)
            let values = queries.values[first * queries.width..<(first + rows) * queries.width]
            let strip = try Tensor(Array(values), shape: [rows, queries.width])
            try body(first, rows, strip.matrixProduct(columns).elements())
        }
    }

    /// 16 MB of them.
    private static let scoresAtOnce = 4 << 20
}

extension ArraySlice<Float> {
    /// The places, from 0, of the highest numbers, the highest first; of equal ones the first comes first, and what is not a
    /// number last.
    package func highest(_ count: Int) -> [Int] {
        guard count > 0 else { return [] }
        return withUnsafeBufferPointer { numbers in
            func value(_ place: Int) -> Float { numbers[place].isNaN ? -.infinity : numbers[place] }
            guard count < 64 else {
                let order = numbers.indices.sorted { (value($1), $0) < (value($0), $1) }
                return Array(order.prefix(count))
            }
            var best: [Int] = []
            best.reserveCapacity(count + 1)
            for place in numbers.indices {
                let number = value(place)
                if best.count == count, !(number > value(best[count - 1])) { continue }
                // What is inserted comes behind its equals, which were there before it.
                let index = best.firstIndex { value($0) < number } ?? best.count
                best.insert(place, at: index)
                if best.count > count { best.removeLast() }
            }
            return best
        }
    }
}
