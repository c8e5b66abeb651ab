extension Bitmap {
    /// Adds to the value of HSV, the greatest of red, green and blue, a part of white, and clips it at white. Hue and
    /// saturation stay, which multiplies the three by the same factor; black becomes grey.
    mutating func raiseValue(by part: Double) {
        pixels.withUnsafeMutableBufferPointer { pixels in
            for start in stride(from: 0, to: pixels.count, by: 3) {
                let value = max(pixels[start], pixels[start + 1], pixels[start + 2])
                let raised = min(Double(value) + 255 * part, 255)
                for index in start..<start + 3 {
                    let sample = value == 0 ? raised : Double(pixels[index]) * raised / Double(value)
                    pixels[index] = UInt8(sample.rounded())
                }
            }
        }
    }
}
