import CCLIPCodecs

extension Bitmap {
    /// The samples of an RGB image plane by plane: `[3, height, width]`.
    package func planes(loops: ResamplingLoops = .fastest) -> [UInt8] {
        precondition(mode == .rgb, "an RGB image")
        let count = width * height
        return bytes(count: 3 * count) { planes in
            pixels.withUnsafeBufferPointer { pixels in
                guard let pixels = pixels.baseAddress else { return }
                if loops == .fastest, ResamplingLoops.areWide {
                    // Safe: both have three bytes for each of `count` pixels.
                    clip_split_planes(pixels, count, planes)
                    return
                }
                for pixel in 0..<count {
                    for channel in 0..<3 { planes[channel * count + pixel] = pixels[3 * pixel + channel] }
                }
            }
        }
    }
}
