public import CLIP
internal import CLIPTensor

/// How alike each query (a row) and each candidate (a column) are.
public struct SimilarityMatrix: Sendable, Hashable {
    /// The number of queries.
    public let rows: Int
    /// The number of candidates.
    public let columns: Int
    /// The similarities, `[rows, columns]`.
    public let values: [Float]

    /// Wraps similarities `[rows, columns]`; their number must be a whole number of rows.
    public init(_ values: [Float], columns: Int) {
        precondition(columns > 0 && values.count.isMultiple(of: columns), "a whole number of rows")
        self.values = values
        self.columns = columns
        rows = values.count / columns
    }

    /// The sums of products of each row of `queries` with each of `candidates`: cosines, where rows have length 1.
    public init(_ queries: Embeddings, _ candidates: Embeddings) throws {
        precondition(queries.width == candidates.width, "rows of one width")
        let product = try queries.tensor().matrixProduct(candidates.tensor().transposed())
        self.init(try product.elements(), columns: candidates.count)
    }

    /// The similarity of a query and a candidate.
    public subscript(row: Int, column: Int) -> Float { values[row * columns + column] }

    /// The similarities of a query with every candidate.
    public subscript(row: Int) -> ArraySlice<Float> { values[row * columns..<(row + 1) * columns] }

    /// The candidates as queries: rows for columns.
    public var transposed: SimilarityMatrix {
        var result = [Float](repeating: 0, count: values.count)
        for row in 0..<rows {
            for column in 0..<columns { result[column * rows + row] = self[row, column] }
        }
        return SimilarityMatrix(result, columns: max(1, rows))
    }

    /// The `count` candidates most like a query, the best first; of equal ones the first comes first. What is not a
    /// number comes last.
    public func top(_ count: Int, of row: Int) -> [Int] {
        let scores = Array(self[row]).map { $0.isNaN ? -Float.infinity : $0 }
        let order = scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
        return Array(order.prefix(max(0, count)))
    }

    /// How many candidates stand before the best true match of a query: 0 is a hit at the first place.
    ///
    /// A wrong candidate that is as similar as the best true one stands before it, so that a model which gives all the
    /// same embedding finds nothing. Nil where the query has no true match.
    public func rank(of matches: Set<Int>, in row: Int) -> Int? {
        let scores = Array(self[row])
        let best = matches.filter(scores.indices.contains).map { scores[$0] }.filter { !$0.isNaN }.max()
        guard !matches.isEmpty else { return nil }
        guard let best else { return columns - 1 }
        return scores.indices.count { !matches.contains($0) && !(scores[$0] < best) }
    }
}
