/// Changes of an RGB image's colours, with the roundings of Pillow's `ImageEnhance` and torchvision's `adjust_hue`.
extension Bitmap {
    /// Blends an RGB image with black: factor 0 is black, 1 the image.
    package mutating func scaleBrightness(by factor: Float) { blend(with: 0, factor) }

    /// Blends an RGB image with its mean grey.
    package mutating func scaleContrast(by factor: Float) {
        let grey = grey().pixels
        let mean = Double(grey.reduce(0) { $0 + Int($1) }) / Double(grey.count)
        blend(with: UInt8(mean + 0.5), factor)
    }

    private mutating func blend(with grey: UInt8, _ factor: Float) {
        let table = (0..<256).map { Self.blended(grey, UInt8($0), factor) }
        pixels.withUnsafeMutableBufferPointer { pixels in
            // Safe: a byte is below 256.
            table.withUnsafeBufferPointer { table in
                for index in pixels.indices { pixels[index] = table[Int(pixels[index])] }
            }
        }
    }

    /// Blends an RGB image with itself in grey.
    package mutating func scaleSaturation(by factor: Float) {
        let grey = grey().pixels
        pixels.withUnsafeMutableBufferPointer { pixels in
            for (pixel, grey) in grey.enumerated() {
                for index in 3 * pixel..<3 * pixel + 3 { pixels[index] = Self.blended(grey, pixels[index], factor) }
            }
        }
    }

    /// Turns the hues of an RGB image by a part of the circle, −0.5 to 0.5, which is rounded to one of 255 steps.
    package mutating func turnHue(by turn: Float) {
        let step = UInt8(truncatingIfNeeded: Int(Double(turn) * 255))
        let circle = HueCircle()
        pixels.withUnsafeMutableBufferPointer { pixels in
            for index in stride(from: 0, to: pixels.count, by: 3) {
                var color = HueSaturationValue(red: pixels[index], green: pixels[index + 1], blue: pixels[index + 2])
                color.hue &+= step
                (pixels[index], pixels[index + 1], pixels[index + 2]) = color.rgb(by: circle)
            }
        }
    }

    @inline(__always) private static func blended(_ from: UInt8, _ to: UInt8, _ factor: Float) -> UInt8 {
        UInt8(min(max(Float(from) + factor * Float(Int(to) - Int(from)), 0), 255))
    }
}
