/// The inner loops of resampling 8-bit samples in fixed point.
///
/// Two samples share a machine word, one in each half, so that one multiplication weighs both: neighbours in a row when
/// columns are resampled, and the same sample of two rows when rows are. The sums of the halves fit into 32 bits, so the
/// lower one is exact, and so is the upper one once the borrow of a negative lower one is given back.
struct ResamplingKernel {
    /// Samples of a pixel: 1 to 4.
    let channels: Int
    let loops: ResamplingLoops

    /// A half, which rounds, in both sums.
    private static let halves = (Int64(1) << 32 | 1) << Int64(ResamplingWeights.fractionBits - 1)

    @inline(__always) private static func packed(_ lower: UInt8, _ upper: UInt8) -> Int64 {
        Int64(lower) | Int64(upper) << 32
    }

    @inline(__always) private static func lower(_ sums: Int64) -> UInt8 { clip(Int32(truncatingIfNeeded: sums)) }

    @inline(__always) private static func upper(_ sums: Int64) -> UInt8 {
        clip(Int32(truncatingIfNeeded: (sums &- Int64(Int32(truncatingIfNeeded: sums))) >> 32))
    }

    @inline(__always) private static func clip(_ sum: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: min(max(sum >> ResamplingWeights.fractionBits, 0), 255))
    }
}

// MARK: Rows

extension ResamplingKernel {
    /// Resamples rows along their length, to as many pixels as there are weights.
    func horizontal(_ grid: SampleGrid, weights: ResamplingWeights) -> SampleGrid {
        let length = weights.starts.count * channels
        let fixed = weights.fixedPoint
        var words = [Int64](repeating: 0, count: grid.length)
        let samples = bytes(count: grid.height * length) { output in
            for row in stride(from: 0, to: grid.height, by: 2) {
                // An odd last row is its own partner.
                let partner = min(row + 1, grid.height - 1)
                grid.pack(rows: row, partner, into: &words, Self.packed)
                words.withUnsafeBufferPointer { words in
                    fixed.withUnsafeBufferPointer { fixed in
                        resampleRows(
                            words, weights, fixed, output + row * length, output + partner * length)
                    }
                }
            }
        }
        return SampleGrid(samples, length: length)
    }

    /// Makes a row of pixels for each half of the words.
    private func resampleRows(
        _ words: UnsafeBufferPointer<Int64>, _ weights: ResamplingWeights, _ fixed: UnsafeBufferPointer<Int64>,
        _ first: UnsafeMutablePointer<UInt8>, _ second: UnsafeMutablePointer<UInt8>
    ) {
        guard let words = words.baseAddress, let fixed = fixed.baseAddress else { return }
        for pixel in 0..<weights.starts.count {
            let source = words + weights.starts[pixel] * channels
            let (weight, taps) = (fixed + pixel * weights.stride, weights.counts[pixel])
            if channels == 3 {
                let sums = Self.sum3(source, weight, taps)
                Self.store(sums.0, first + 3 * pixel, second + 3 * pixel)
                Self.store(sums.1, first + 3 * pixel + 1, second + 3 * pixel + 1)
                Self.store(sums.2, first + 3 * pixel + 2, second + 3 * pixel + 2)
                continue
            }
            for channel in 0..<channels {
                let sums = Self.sum(source + channel, step: channels, weight, taps)
                Self.store(sums, first + channels * pixel + channel, second + channels * pixel + channel)
            }
        }
    }

    @inline(__always) private static func store(
        _ sums: Int64, _ first: UnsafeMutablePointer<UInt8>, _ second: UnsafeMutablePointer<UInt8>
    ) {
        first.pointee = lower(sums)
        second.pointee = upper(sums)
    }

    @inline(__always) private static func sum(
        _ words: UnsafePointer<Int64>, step: Int, _ weight: UnsafePointer<Int64>, _ taps: Int
    ) -> Int64 {
        var sums = halves
        for tap in 0..<taps { sums &+= words[tap &* step] &* weight[tap] }
        return sums
    }

    /// Three channels at once, which spares two of three loads of a weight.
    @inline(__always) private static func sum3(
        _ words: UnsafePointer<Int64>, _ weight: UnsafePointer<Int64>, _ taps: Int
    ) -> (Int64, Int64, Int64) {
        var sums = (halves, halves, halves)
        var word = words
        for tap in 0..<taps {
            let weight = weight[tap]
            sums.0 &+= word[0] &* weight
            sums.1 &+= word[1] &* weight
            sums.2 &+= word[2] &* weight
            word += 3
        }
        return sums
    }
}

// MARK: Columns

extension ResamplingKernel {
    /// Resamples columns, to as many rows as there are weights.
    func vertical(_ grid: SampleGrid, weights: ResamplingWeights) -> SampleGrid {
        let fixed = weights.fixedPoint
        // A multiple of four words a row, the last ones padded with zeros.
        let stride = (grid.length + 7) / 8 * 4
        let words = grid.packedPairs(stride: stride, Self.packed)
        let samples = bytes(count: weights.starts.count * grid.length) { output in
            words.withUnsafeBufferPointer { words in
                fixed.withUnsafeBufferPointer { fixed in
                    guard let words = words.baseAddress, let fixed = fixed.baseAddress else { return }
                    for row in 0..<weights.starts.count {
                        Self.resampleColumns(
                            words + weights.starts[row] * stride, stride, fixed + row * weights.stride,
                            weights.counts[row], output + row * grid.length, count: grid.length)
                    }
                }
            }
        }
        return SampleGrid(samples, length: grid.length)
    }

    /// Makes a row of samples from rows of words, eight samples at a time.
    private static func resampleColumns(
        _ words: UnsafePointer<Int64>, _ stride: Int, _ weight: UnsafePointer<Int64>, _ taps: Int,
        _ output: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        for column in Swift.stride(from: 0, to: count, by: 8) {
            var sums = (halves, halves, halves, halves)
            var word = words + column / 2
            for tap in 0..<taps {
                let weight = weight[tap]
                sums.0 &+= word[0] &* weight
                sums.1 &+= word[1] &* weight
                sums.2 &+= word[2] &* weight
                sums.3 &+= word[3] &* weight
                word += stride
            }
            let samples = (
                lower(sums.0), upper(sums.0), lower(sums.1), upper(sums.1), lower(sums.2), upper(sums.2), lower(sums.3),
                upper(sums.3)
            )
            withUnsafeBytes(of: samples) { samples in
                UnsafeMutableRawPointer(output + column).copyMemory(
                    from: samples.baseAddress ?? UnsafeRawPointer(output), byteCount: min(8, count - column))
            }
        }
    }
}
