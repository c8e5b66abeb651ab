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

    /// Rows with gaps between them.
    init(_ samples: [UInt8], stride: Int, length: Int, height: Int) {
        (self.samples, self.stride, self.length, self.height) = (samples, stride, length, height)
        start = 0
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

extension SampleGrid {
    /// Puts the samples of two rows into words, one word for each place in the row.
    func pack(
        rows first: Int, _ second: Int, into words: inout [Int64], _ packed: (UInt8, UInt8) -> Int64
    ) {
        samples.withUnsafeBufferPointer { samples in
            words.withUnsafeMutableBufferPointer { words in
                guard let samples = samples.baseAddress else { return }
                let (upper, lower) = (samples + start + first * stride, samples + start + second * stride)
                for index in 0..<length { words[index] = packed(upper[index], lower[index]) }
            }
        }
    }

    /// The samples with neighbours in a row in one word, `stride` words a row, which are at least half its samples.
    func packedPairs(stride wordStride: Int, _ packed: (UInt8, UInt8) -> Int64) -> [Int64] {
        [Int64](unsafeUninitializedCapacity: height * wordStride) { words, initialized in
            samples.withUnsafeBufferPointer { samples in
                guard let samples = samples.baseAddress, let words = words.baseAddress else { return }
                for row in 0..<height {
                    let (source, target) = (samples + start + row * stride, words + row * wordStride)
                    for pair in 0..<length / 2 { target[pair] = packed(source[2 * pair], source[2 * pair + 1]) }
                    (target + length / 2).update(repeating: 0, count: wordStride - length / 2)
                    if length % 2 == 1 { target[length / 2] = packed(source[length - 1], 0) }
                }
            }
            initialized = height * wordStride
        }
    }
}
