import CCLIPCodecs

/// Which loops resample. Both give the same bytes.
package enum ResamplingLoops {
    /// Those for the processor's wide registers, where it has them and the samples suit them.
    case fastest
    /// Those that run everywhere.
    case plain

    /// Whether the processor has the registers.
    static let areWide = clip_pixels_available() != 0
}

extension ResamplingKernel {
    /// Resamples rows by the fastest loop that suits them.
    func resampledRows(_ grid: SampleGrid, weights: ResamplingWeights) -> SampleGrid {
        guard loops == .fastest, ResamplingLoops.areWide, channels == 3 else {
            return horizontal(grid, weights: weights)
        }
        let length = weights.starts.count * 3
        // A byte is written behind each row.
        let stride = length + 1
        let samples = bytes(count: grid.height * stride) { output in
            HalvedWeights(weights, groupSize: 4).withUnsafePointer { weights in
                let reach = clip_resample_reach(weights)
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: reach) { slack in
                    grid.samples.withUnsafeBufferPointer { samples in
                        guard let input = samples.baseAddress, let slack = slack.baseAddress else { return }
                        // Safe: the loop reads below `samples.count`, and writes `stride` bytes of each row.
                        clip_resample_rows(
                            input + grid.start, grid.stride, grid.height, samples.count - grid.start, weights, slack,
                            output, stride)
                    }
                }
            }
        }
        return SampleGrid(samples, stride: stride, length: length, height: grid.height)
    }

    /// Resamples columns by the fastest loop that suits them.
    func resampledColumns(_ grid: SampleGrid, weights: ResamplingWeights) -> SampleGrid {
        guard loops == .fastest, ResamplingLoops.areWide, grid.length >= 32 else {
            return vertical(grid, weights: weights)
        }
        let samples = bytes(count: weights.starts.count * grid.length) { output in
            HalvedWeights(weights, groupSize: 2).withUnsafePointer { weights in
                grid.samples.withUnsafeBufferPointer { samples in
                    guard let input = samples.baseAddress else { return }
                    // Safe: the loop reads `length` bytes of rows of the grid, and writes as many for each weight's row.
                    clip_resample_columns(
                        input + grid.start, grid.stride, grid.height, grid.length, weights, output)
                }
            }
        }
        return SampleGrid(samples, length: grid.length)
    }
}

/// Weights in groups of one size, each in two halves of 15 bits and the rest.
private struct HalvedWeights {
    private let starts: [Int32]
    private let lower: [Int16]
    private let upper: [Int16]
    private let groups: Int

    init(_ weights: ResamplingWeights, groupSize: Int) {
        let most = weights.counts.max() ?? 0
        groups = (most + groupSize - 1) / groupSize
        let (count, width) = (weights.starts.count, groups * groupSize)
        var lower = [Int16](repeating: 0, count: count * width)
        var upper = lower
        let fixed = weights.fixedPoint
        for row in 0..<count {
            for tap in 0..<weights.counts[row] {
                let weight = fixed[row * weights.stride + tap]
                lower[row * width + tap] = Int16(truncatingIfNeeded: weight & 0x7FFF)
                upper[row * width + tap] = Int16(truncatingIfNeeded: weight >> 15)
            }
        }
        (self.lower, self.upper) = (lower, upper)
        starts = weights.starts.map { Int32(truncatingIfNeeded: $0) }
    }

    func withUnsafePointer(_ body: (UnsafePointer<clip_weights>) -> Void) {
        starts.withUnsafeBufferPointer { starts in
            lower.withUnsafeBufferPointer { lower in
                upper.withUnsafeBufferPointer { upper in
                    var weights = clip_weights(
                        starts: starts.baseAddress, lower: lower.baseAddress, upper: upper.baseAddress,
                        count: starts.count, groups: groups)
                    body(&weights)
                }
            }
        }
    }
}
