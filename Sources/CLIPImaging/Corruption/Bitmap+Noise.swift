internal import Foundation

extension Bitmap {
    /// Adds to each sample of an RGB image a normal number of the standard deviation, a part of white, and clips.
    mutating func addNoise(deviation: Double, using generator: inout some RandomNumberGenerator) {
        pixels.withUnsafeMutableBufferPointer { pixels in
            for index in stride(from: 0, to: pixels.count, by: 2) {
                let (first, second) = generator.normals()
                pixels[index] = Self.noisy(pixels[index], deviation * first)
                if index + 1 < pixels.count { pixels[index + 1] = Self.noisy(pixels[index + 1], deviation * second) }
            }
        }
    }

    private static func noisy(_ sample: UInt8, _ noise: Double) -> UInt8 {
        UInt8((min(max(Double(sample) / 255 + noise, 0), 1) * 255).rounded())
    }
}

extension RandomNumberGenerator {
    /// Two independent numbers of the standard normal distribution (Box, Muller, "A note on the generation of random
    /// normal deviates", 1958).
    mutating func normals() -> (Double, Double) {
        // From 2^-53 to 1, as the logarithm of 0 is infinite.
        let length = (-2 * log(Double(next() >> 11 + 1) * 0x1p-53)).squareRoot()
        let angle = 2 * Double.pi * uniform(0...1)
        return (length * cos(angle), length * sin(angle))
    }
}
