private let histogramOperator = Operator("aten::histc")
private let extremesOperator = Operator("aten::aminmax")

/// How the elements of a tensor are spread.
public struct TensorHistogram: Sendable, Hashable {
    /// The smallest element.
    public let lowest: Double
    /// The largest element.
    public let highest: Double
    /// The number of elements.
    public let count: Int
    /// The sum of the elements.
    public let sum: Double
    /// The sum of their squares.
    public let sumOfSquares: Double
    /// How many elements there are in each of equal ranges from the lowest to the highest.
    public let counts: [Double]

    /// Where each range ends.
    public var upperBounds: [Double] {
        let width = (highest - lowest) / Double(counts.count)
        // Elements that are all equal lie in a range of their own.
        return counts.indices.map { width > 0 ? lowest + width * Double($0 + 1) : lowest + Double($0) }
    }
}

extension Tensor {
    /// The spread of the elements; nil where there is none, or one that is no finite number.
    public func histogram(bins: Int = 64) throws -> TensorHistogram? {
        let elements = try detached().cast(to: .float32).reshaped(-1)
        guard elements.count > 0, try elements.isFinite() else { return nil }
        let extremes = try extremesOperator.results([.tensor(elements), .none, false])
        guard extremes.count == 2, case .tensor(let lowest) = extremes[0], case .tensor(let highest) = extremes[1]
        else {
            throw TensorError("aten::aminmax: expected two tensors as its results")
        }
        let bounds = (try lowest.scalar(), try highest.scalar())
        let norm = try elements.norm().scalar()
        var counts = [Double](repeating: 0, count: bins)
        if bounds.0 == bounds.1 {
            counts[0] = Double(elements.count)
        } else {
            // The operator counts in 32 bits, which are exact up to 2^24.
            for start in stride(from: 0, to: elements.count, by: 1 << 24) {
                let part = try elements.slice(0, start..<min(start + 1 << 24, elements.count))
                let found = try histogramOperator(
                    .tensor(part), .int(bins), .double(bounds.0), .double(bounds.1)
                ).elements(as: Double.self)
                for (index, count) in found.enumerated() { counts[index] += count }
            }
        }
        return TensorHistogram(
            lowest: bounds.0, highest: bounds.1, count: elements.count, sum: try elements.sum().scalar(),
            sumOfSquares: norm * norm, counts: counts)
    }
}
