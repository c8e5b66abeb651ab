/// Rows of 8-bit samples that may be a part of longer rows.
struct SampleGrid {
    let samples: [UInt8]
    /// Where the first row begins.
    let start: Int
    /// How far a row is from the next.
    let stride: Int
    /// The samples of a row.
    let length: Int
    let height: Int

    /// Whole rows that lie one after another.
    init(_ samples: [UInt8], length: Int) {
        self.samples = samples
        self.length = length
        start = 0
        stride = length
        height = samples.count / length
    }

    /// The pixels of `size` samples in a window of rows that have `width` samples.
    init(_ samples: [UInt8], width: Int, window: PixelWindow, size: Int) {
        self.samples = samples
        start = window.y.lowerBound * width + window.x.lowerBound * size
        stride = width
        length = window.x.count * size
        height = window.y.count
    }

    /// The samples without what lies between the rows.
    func contiguous() -> [UInt8] {
        if start == 0 && stride == length && samples.count == length * height { return samples }
        return bytes(count: length * height) { output in
            samples.withUnsafeBufferPointer { input in
                guard let input = input.baseAddress else { return }
                for row in 0..<height {
                    (output + row * length).update(from: input + start + row * stride, count: length)
                }
            }
        }
    }
}

/// The inner loops of resampling 8-bit samples in fixed point.
struct ResamplingKernel {
    /// Samples of a pixel: 1 to 4.
    let channels: Int

    private static let half = Int32(1) << (ResamplingWeights.fractionBits - 1)

    @inline(__always) private static func clip(_ sum: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: min(max(sum >> ResamplingWeights.fractionBits, 0), 255))
    }

    /// Resamples rows along their length, to as many pixels as there are weights.
    func horizontal(_ grid: SampleGrid, weights: ResamplingWeights) -> SampleGrid {
        let length = weights.starts.count * channels
        let samples = bytes(count: grid.height * length) { output in
            grid.samples.withUnsafeBufferPointer { input in
                weights.fixedPoint.withUnsafeBufferPointer { fixed in
                    guard let input = input.baseAddress, let fixed = fixed.baseAddress else { return }
                    for row in 0..<grid.height {
                        horizontalRow(input + grid.start + row * grid.stride, output + row * length, weights, fixed)
                    }
                }
            }
        }
        return SampleGrid(samples, length: length)
    }

    private func horizontalRow(
        _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, _ weights: ResamplingWeights,
        _ fixed: UnsafePointer<Int32>
    ) {
        for pixel in 0..<weights.starts.count {
            let first = input + weights.starts[pixel] * channels
            let taps = weights.counts[pixel]
            let weight = fixed + pixel * weights.stride
            for channel in 0..<channels {
                var sum = Self.half
                for tap in 0..<taps { sum &+= Int32(first[tap * channels + channel]) &* weight[tap] }
                output[pixel * channels + channel] = Self.clip(sum)
            }
        }
    }

    /// Resamples columns, to as many rows as there are weights.
    func vertical(_ grid: SampleGrid, weights: ResamplingWeights) -> SampleGrid {
        let samples = bytes(count: weights.starts.count * grid.length) { output in
            grid.samples.withUnsafeBufferPointer { input in
                weights.fixedPoint.withUnsafeBufferPointer { fixed in
                    guard let input = input.baseAddress, let fixed = fixed.baseAddress else { return }
                    for row in 0..<weights.starts.count {
                        verticalRow(
                            input + grid.start + weights.starts[row] * grid.stride, grid, output + row * grid.length,
                            taps: weights.counts[row], fixed + row * weights.stride)
                    }
                }
            }
        }
        return SampleGrid(samples, length: grid.length)
    }

    private func verticalRow(
        _ input: UnsafePointer<UInt8>, _ grid: SampleGrid, _ output: UnsafeMutablePointer<UInt8>, taps: Int,
        _ weight: UnsafePointer<Int32>
    ) {
        for column in 0..<grid.length {
            var sum = Self.half
            for tap in 0..<taps { sum &+= Int32(input[tap * grid.stride + column]) &* weight[tap] }
            output[column] = Self.clip(sum)
        }
    }
}
