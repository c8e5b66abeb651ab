/// Along one axis: which source pixels make up each of some output pixels, and with what weights.
///
/// The arithmetic follows Pillow's resampling operation for operation, so that the results are equal to the last bit.
struct ResamplingWeights {
    /// The first source pixel of each output pixel.
    private(set) var starts: [Int]
    /// How many source pixels each output pixel has.
    private(set) var counts: [Int]
    /// How many weights lie between those of one output pixel and the next.
    let stride: Int
    /// The weights, `stride` for each output pixel, of sum 1; those beyond the count are 0.
    private(set) var weights: [Double]

    /// The weights of the output pixels `window`, where `from..<to` of `sourceCount` pixels becomes `count` pixels.
    init(
        sourceCount: Int, from: Float, to: Float, count: Int, window: Range<Int>, filter: ResamplingFilter
    ) {
        let scale = Double(to - from) / Double(count)
        let filterScale = max(scale, 1)
        let support = filter.support * filterScale
        stride = Int(support.rounded(.up)) * 2 + 1
        starts = []
        counts = []
        weights = [Double](repeating: 0, count: window.count * stride)
        starts.reserveCapacity(window.count)
        counts.reserveCapacity(window.count)
        for (row, index) in window.enumerated() {
            let center = Double(from) + (Double(index) + 0.5) * scale
            let start = max(Int(center - support + 0.5), 0)
            let end = min(Int(center + support + 0.5), sourceCount)
            starts.append(start)
            counts.append(end - start)
            fill(row: row, center: center, step: 1 / filterScale, filter: filter)
        }
    }

    private mutating func fill(row: Int, center: Double, step: Double, filter: ResamplingFilter) {
        let (start, count, base) = (starts[row], counts[row], row * stride)
        var sum = 0.0
        for tap in 0..<count {
            let weight = filter.weight((Double(tap + start) - center + 0.5) * step)
            weights[base + tap] = weight
            sum += weight
        }
        guard sum != 0 else { return }
        for tap in 0..<count { weights[base + tap] /= sum }
    }

    /// The source pixels that any output pixel uses.
    var sourceRange: Range<Int> {
        let end = zip(starts, counts).map { $0 + $1 }.max() ?? 0
        return (starts.min() ?? 0)..<end
    }

    /// The same weights for a source whose first `offset` pixels are left out.
    func shifted(by offset: Int) -> ResamplingWeights {
        var shifted = self
        shifted.starts = starts.map { $0 - offset }
        return shifted
    }

    /// Where the fixed point of the integer weights lies: 8 bits of sample, 2 of headroom.
    static let fractionBits: Int32 = 22

    /// The weights as integers with ``fractionBits`` bits behind the point, rounded away from zero at the half.
    var fixedPoint: [Int64] {
        let one = Double(1 << Int(Self.fractionBits))
        return weights.map { Int64($0 < 0 ? -0.5 + $0 * one : 0.5 + $0 * one) }
    }
}
