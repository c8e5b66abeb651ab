extension Bitmap {
    /// The RGB image blurred by a Gaussian of the standard deviation, in pixels: Pillow's `GaussianBlur` to the bit.
    ///
    /// As there, each direction has three extended box filters of one fractional radius (Gwosdek, Grewenig, Bruhn,
    /// Weickert, "Theoretical foundations of Gaussian convolution by extended box filtering", 2011), each rounded to 8
    /// bits. Beyond the border the border's pixel goes on.
    package func blurred(deviation: Double) -> Bitmap {
        precondition(mode == .rgb && deviation >= 0, "an RGB image, and a width")
        guard deviation > 0 else { return self }
        let box = ExtendedBox(deviation: Float(deviation))
        var (source, target) = (pixels, [UInt8](repeating: 0, count: pixels.count))
        for step in 0..<2 * ExtendedBox.passes {
            source.withUnsafeBufferPointer { source in
                target.withUnsafeMutableBufferPointer { target in
                    guard let source = source.baseAddress, let target = target.baseAddress else { return }
                    // Safe: `height` lines of `width` pixels, or one line of `height` rows, are the whole image.
                    if step < ExtendedBox.passes {
                        for row in 0..<height {
                            let start = 3 * width * row
                            box.filter(source + start, into: target + start, count: width, length: 3)
                        }
                    } else {
                        box.filter(source, into: target, count: height, length: 3 * width)
                    }
                }
            }
            swap(&source, &target)
        }
        return Bitmap(rgb: source, width: width, height: height)
    }
}

/// A box filter whose radius has a fraction, by which the two samples beyond its ends count. Weights have 24 bits behind
/// their point.
private struct ExtendedBox {
    /// How many box filters make a Gaussian.
    static let passes = 3

    /// The whole part of the radius.
    private let radius: Int
    /// The weight of a sample within the radius.
    private let weight: UInt32
    /// The weight of the two samples beyond.
    private let farWeight: UInt32

    /// The box whose repetition has the standard deviation. The formulas are (7), (11) and (14) of the paper, in single
    /// precision where Pillow has it.
    init(deviation: Float) {
        let variance = deviation * deviation / Float(Self.passes)
        let length = Float((12 * Double(variance) + 1).squareRoot())
        let whole = Float(((Double(length) - 1) / 2).rounded(.down))
        var fraction = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance)
        fraction /= 6 * (variance - (whole + 1) * (whole + 1))
        let radius = whole + fraction
        self.radius = Int(radius)
        weight = UInt32(0x1p24 / (radius * 2 + 1))
        farWeight = (1 << 24 - (UInt32(self.radius) * 2 + 1) * weight) / 2
    }

    /// Filters a line of `count` elements, each of them `length` samples that lie together.
    func filter(
        _ source: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>, count: Int, length: Int
    ) {
        /// The element at a place, or the nearest one.
        func element(_ place: Int) -> UnsafePointer<UInt8> { source + min(max(place, 0), count - 1) * length }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: length) { sums in
            sums.initialize(repeating: 0)
            // The sums of the window before the first element.
            for place in -radius - 1..<radius { add(element(place), to: sums) }
            for place in 0..<count {
                let (before, behind) = (element(place - radius - 1), element(place + radius + 1))
                let (last, output) = (element(place + radius), target + place * length)
                for sample in 0..<length {
                    let sum = sums[sample] &+ UInt32(last[sample]) &- UInt32(before[sample])
                    let far = UInt32(before[sample]) &+ UInt32(behind[sample])
                    sums[sample] = sum
                    // Fits: the weights of the window and of the samples beyond are one together.
                    output[sample] = UInt8(truncatingIfNeeded: (sum &* weight &+ far &* farWeight &+ 1 << 23) >> 24)
                }
            }
        }
    }

    private func add(_ element: UnsafePointer<UInt8>, to sums: UnsafeMutableBufferPointer<UInt32>) {
        for sample in sums.indices { sums[sample] &+= UInt32(element[sample]) }
    }
}
