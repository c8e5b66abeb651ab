package import CLIPTensor

/// Embeddings in one block of memory, a row for each input: `[count, width]`, row-major.
///
/// ```swift
/// let texts = try await clip.embed(texts: ["a dog", "a cat"])
/// texts[0]                      // the first text's components
/// texts.similarities(to: texts) // [[1, 0.82], [0.82, 1]]
/// ```
public struct Embeddings: Sendable, Hashable, RandomAccessCollection {
    /// The number of components of a row.
    public let width: Int
    /// All rows, one after the other.
    public private(set) var values: [Float]

    /// Rows of `width` components; the number of values must be a multiple of it.
    public init(width: Int, values: [Float] = []) {
        precondition(width > 0 && values.count.isMultiple(of: width), "whole rows of \(width)")
        self.width = width
        self.values = values
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { values.count / width }

    /// The components of a row.
    public subscript(row: Int) -> ArraySlice<Float> { values[row * width..<(row + 1) * width] }

    /// Appends rows of the same width.
    public mutating func append(_ rows: Embeddings) {
        precondition(rows.width == width, "rows of \(width) components, not of \(rows.width)")
        values += rows.values
    }

    /// Each row divided by its Euclidean norm, so that a sum of products is a cosine. A row of zeros stays.
    public func normalized() -> Embeddings {
        var result = self
        for row in indices {
            let norm = self[row].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            // As in the references, the norm is at least this.
            let factor = 1 / Swift.max(norm, 1e-12)
            for index in row * width..<(row + 1) * width {
                result.values[index] = Float(Double(values[index]) * factor)
            }
        }
        return result
    }

    /// Some rows, in the order of their numbers.
    package func rows(_ numbers: [Int]) -> Embeddings {
        if numbers == Array(indices) { return self }
        return Embeddings(width: width, values: numbers.flatMap { self[$0] })
    }

    /// The mean of all rows, as one row.
    public func mean() -> Embeddings {
        precondition(!isEmpty, "the mean of at least one row")
        var sums = [Double](repeating: 0, count: width)
        for row in self {
            for (index, value) in row.enumerated() { sums[index] += Double(value) }
        }
        return Embeddings(width: width, values: sums.map { Float($0 / Double(count)) })
    }

    /// The sum of products of each row with each row of `other`: `[count][other.count]`. Cosines, where rows have length 1.
    public func similarities(to other: Embeddings) -> [[Float]] {
        precondition(other.width == width, "rows of \(width) components, not of \(other.width)")
        return map { row in other.map { zip(row, $0).reduce(0) { $0 + $1.0 * $1.1 } } }
    }
}

extension Embeddings {
    /// The rows as a tensor `[count, width]`.
    package func tensor() throws -> Tensor { try Tensor(values, shape: [count, width]) }
}
