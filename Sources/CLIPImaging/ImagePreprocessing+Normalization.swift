extension ImagePreprocessing {
    /// The image as the tower sees it: `[3, height, width]`, channel after channel, normalised.
    public func callAsFunction(_ image: Bitmap) -> [Float] {
        normalized(pixels(of: image))
    }

    /// Writes the image as the tower sees it, `[3, height, width]`, into memory of exactly that many floats, such as the
    /// image's place in a batch.
    public func callAsFunction(_ image: Bitmap, into output: UnsafeMutableBufferPointer<Float>) {
        normalize(pixels(of: image), into: output)
    }

    /// The normalised samples `[3, height, width]` of an RGB image of any size.
    public func normalized(_ image: Bitmap) -> [Float] {
        [Float](unsafeUninitializedCapacity: 3 * image.width * image.height) { buffer, initialized in
            normalize(image, into: UnsafeMutableBufferPointer(rebasing: buffer.prefix(3 * image.width * image.height)))
            initialized = 3 * image.width * image.height
        }
    }

    /// Writes the normalised samples of an RGB image of any size, `[3, height, width]`, into memory of that many floats.
    public func normalize(_ image: Bitmap, into output: UnsafeMutableBufferPointer<Float>) {
        let count = image.width * image.height
        precondition(image.mode == .rgb && output.count == 3 * count, "three floats for each pixel of an RGB image")
        image.pixels.withUnsafeBufferPointer { samples in
            for channel in 0..<3 {
                table(channel).withUnsafeBufferPointer { table in
                    for pixel in 0..<count {
                        output[channel * count + pixel] = table[Int(samples[3 * pixel + channel])]
                    }
                }
            }
        }
    }

    /// The normalised value of each 8-bit sample, computed in the reference's order: divide, subtract, divide.
    private func table(_ channel: Int) -> [Float] {
        (0..<256).map { (Float($0) / 255 - mean[channel]) / std[channel] }
    }
}
