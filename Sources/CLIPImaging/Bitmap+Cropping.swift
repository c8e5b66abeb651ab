extension Bitmap {
    /// The rectangle of the given corner and size. What of it lies outside of the image is filled with the sample
    /// `fill`: 0 is black, or transparent black, the palette's first entry, or no ink.
    public func cropped(x: Int, y: Int, width: Int, height: Int, fill: UInt8 = 0) -> Bitmap {
        let inside = PixelWindow(
            x: Self.overlap(x, width, with: self.width), y: Self.overlap(y, height, with: self.height))
        if inside.x.isEmpty || inside.y.isEmpty {
            return with(pixels: blank(width: width, height: height, fill: fill), width: width, height: height)
        }
        return cropped(inside).placed(
            x: inside.x.lowerBound - x, y: inside.y.lowerBound - y, width: width, height: height, fill: fill)
    }

    /// The part of `start ..< start + count` that lies in `0 ..< limit`.
    static func overlap(_ start: Int, _ count: Int, with limit: Int) -> Range<Int> {
        let lower = min(max(start, 0), limit)
        return lower..<max(min(start + count, limit), lower)
    }

    /// The pixels of a window that lies within the image and is not empty.
    func cropped(_ window: PixelWindow) -> Bitmap {
        if window == PixelWindow(x: 0..<width, y: 0..<height) { return self }
        let size = mode.bytesPerPixel
        let length = window.x.count * size
        let samples = bytes(count: window.y.count * length) { output in
            pixels.withUnsafeBufferPointer { input in
                guard let input = input.baseAddress else { return }
                for (index, row) in window.y.enumerated() {
                    (output + index * length).update(
                        from: input + (row * width + window.x.lowerBound) * size, count: length)
                }
            }
        }
        return with(pixels: samples, width: window.x.count, height: window.y.count)
    }

    /// The image on a canvas of the given size, its corner at `x`, `y`, all else filled with the sample `fill`.
    func placed(x: Int, y: Int, width: Int, height: Int, fill: UInt8) -> Bitmap {
        if width == self.width && height == self.height { return self }
        let size = mode.bytesPerPixel
        var canvas = blank(width: width, height: height, fill: fill)
        for row in 0..<self.height {
            let (source, target) = (row * self.width * size, ((y + row) * width + x) * size)
            canvas.replaceSubrange(
                target..<target + self.width * size, with: pixels[source..<source + self.width * size])
        }
        return with(pixels: canvas, width: width, height: height)
    }

    /// Pixels whose every sample is `fill`.
    private func blank(width: Int, height: Int, fill: UInt8) -> [UInt8] {
        // In bilevel images every sample but 0 is white.
        let sample = mode == .bilevel && fill != 0 ? 255 : fill
        var canvas = [UInt8](repeating: sample, count: width * height * mode.bytesPerPixel)
        if mode == .grey16, fill != 0 {
            canvas.withUnsafeMutableBytes { $0.bindMemory(to: UInt16.self).update(repeating: UInt16(fill)) }
        }
        return canvas
    }

    /// The image mirrored left to right.
    public func flippedHorizontally() -> Bitmap {
        let size = mode.bytesPerPixel
        let samples = bytes(count: pixels.count) { output in
            pixels.withUnsafeBufferPointer { input in
                guard let input = input.baseAddress else { return }
                for row in 0..<height {
                    let (source, target) = (input + row * width * size, output + row * width * size)
                    for column in 0..<width {
                        let (from, to) = (source + (width - 1 - column) * size, target + column * size)
                        for sample in 0..<size { to[sample] = from[sample] }
                    }
                }
            }
        }
        return with(pixels: samples, width: width, height: height)
    }
}
