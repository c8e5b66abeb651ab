internal import Foundation

extension Bitmap {
    /// The RGB image turned to the left round its centre, at its size: Pillow's `rotate(resample=BILINEAR)` to the bit,
    /// for angles that are no multiple of 90 degrees. What comes from outside of the image is black.
    package func rotated(degrees: Double) -> Bitmap {
        precondition(mode == .rgb, "an RGB image")
        let turn = RotationMap(degrees: degrees, width: width, height: height)
        return Bitmap(
            rgb: bytes(count: pixels.count) { output in
                pixels.withUnsafeBufferPointer { input in
                    guard let input = input.baseAddress else { return }
                    for y in 0..<height {
                        for x in 0..<width {
                            let (fromX, fromY) = turn.source(x, y)
                            interpolate(input, x: fromX, y: fromY, into: output + 3 * (y * width + x))
                        }
                    }
                }
            }, width: width, height: height)
    }

    /// The colour at a point, of which the centre of the first pixel is (0.5, 0.5), truncated; black outside.
    private func interpolate(
        _ input: UnsafePointer<UInt8>, x: Double, y: Double, into output: UnsafeMutablePointer<UInt8>
    ) {
        guard x >= 0, y >= 0, x < Double(width), y < Double(height) else {
            return output.update(repeating: 0, count: 3)
        }
        let (left, top) = ((x - 0.5).rounded(.down), (y - 0.5).rounded(.down))
        let (partX, partY) = (x - 0.5 - left, y - 0.5 - top)
        // At the border the pixel beyond is the one within.
        let columns = (3 * max(Int(left), 0), 3 * min(Int(left) + 1, width - 1))
        let upper = input + 3 * width * max(Int(top), 0)
        let lower = input + 3 * width * min(Int(top) + 1, height - 1)
        for channel in 0..<3 {
            let above = Self.between(upper[columns.0 + channel], upper[columns.1 + channel], partX)
            let below = Self.between(lower[columns.0 + channel], lower[columns.1 + channel], partX)
            output[channel] = UInt8(above + (below - above) * partY)
        }
    }

    private static func between(_ first: UInt8, _ second: UInt8, _ part: Double) -> Double {
        Double(first) + (Double(second) - Double(first)) * part
    }
}

/// Where the pixels of a turned image come from. Sines and cosines have 15 decimals, as Pillow's.
private struct RotationMap {
    private let cosine: Double
    private let sine: Double
    private let offset: (x: Double, y: Double)

    init(degrees: Double, width: Int, height: Int) {
        /// An angle within a turn, in radians, clockwise.
        let turn = degrees.truncatingRemainder(dividingBy: 360)
        let angle = -(turn < 0 ? turn + 360 : turn) * (Double.pi / 180)
        cosine = Self.rounded(cos(angle))
        sine = Self.rounded(sin(angle))
        let centre = (x: Double(width) / 2, y: Double(height) / 2)
        offset.x = cosine * -centre.x + sine * -centre.y + centre.x
        offset.y = -sine * -centre.x + cosine * -centre.y + centre.y
    }

    /// The nearest number of 15 decimals. It is read from its decimals, as products with 10^15 would be rounded themselves.
    private static func rounded(_ value: Double) -> Double { Double(String(format: "%.15f", value)) ?? value }

    /// The point that the middle of a pixel comes from.
    func source(_ x: Int, _ y: Int) -> (x: Double, y: Double) {
        let (x, y) = (Double(x) + 0.5, Double(y) + 0.5)
        return (cosine * x + sine * y + offset.x, -sine * x + cosine * y + offset.y)
    }
}
