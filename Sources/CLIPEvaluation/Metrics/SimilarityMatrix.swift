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
        self[row].highest(count)
    }

    /// How many candidates stand before the best true match of a query: 0 is a hit at the first place.
    ///
    /// A wrong candidate that is as similar as the best true one stands before it, so that a model which gives all the
    /// same embedding finds nothing. Nil where the query has no true match.
    public func rank(of matches: Set<Int>, in row: Int) -> Int? {
        guard !matches.isEmpty else { return nil }
        let scores = self[row]
        let own = matches.filter((0..<columns).contains).map { scores[scores.startIndex + $0] }
        guard let best = own.filter({ !$0.isNaN }).max() else { return columns - 1 }
        // What is no number counts as before, as it is not behind.
        return scores.count { !($0 < best) } - own.count { !($0 < best) }
    }
}
