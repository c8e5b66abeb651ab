/// The inner loops of resampling 8-bit samples in fixed point.
struct ResamplingKernel {
    /// Samples of a pixel: 1 to 4.
    let channels: Int

    private static let half = Int32(1) << (ResamplingWeights.fractionBits - 1)

    @inline(__always) private static func clip(_ sum: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: min(max(sum >> ResamplingWeights.fractionBits, 0), 255))
    }

    /// Resamples the given rows of an image along their length: `rows.count` rows of as many pixels as there are weights.
    func horizontal(_ samples: [UInt8], width: Int, rows: Range<Int>, weights: ResamplingWeights) -> [UInt8] {
        let count = weights.starts.count
        return bytes(count: rows.count * count * channels) { output in
            samples.withUnsafeBufferPointer { input in
                weights.fixedPoint.withUnsafeBufferPointer { fixed in
                    guard let input = input.baseAddress, let fixed = fixed.baseAddress else { return }
                    for (index, row) in rows.enumerated() {
                        horizontalRow(
                            input + row * width * channels, output + index * count * channels, weights, fixed)
                    }
                }
            }
        }
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

    /// Resamples the columns of an image of `width` pixels a row: as many rows as there are weights.
    func vertical(_ samples: [UInt8], width: Int, weights: ResamplingWeights) -> [UInt8] {
        let length = width * channels
        return bytes(count: weights.starts.count * length) { output in
            samples.withUnsafeBufferPointer { input in
                weights.fixedPoint.withUnsafeBufferPointer { fixed in
                    guard let input = input.baseAddress, let fixed = fixed.baseAddress else { return }
                    for row in 0..<weights.starts.count {
                        verticalRow(
                            input + weights.starts[row] * length, output + row * length, length: length,
                            taps: weights.counts[row], fixed + row * weights.stride)
                    }
                }
            }
        }
    }

    private func verticalRow(
        _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, length: Int, taps: Int,
        _ weight: UnsafePointer<Int32>
    ) {
        for column in 0..<length {
            var sum = Self.half
            for tap in 0..<taps { sum &+= Int32(input[tap * length + column]) &* weight[tap] }
            output[column] = Self.clip(sum)
        }
    }
}
