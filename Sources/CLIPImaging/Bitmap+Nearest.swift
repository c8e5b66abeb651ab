extension Bitmap {
    /// The nearest source pixel of each output pixel.
    func nearestPixels(_ target: ResamplingTarget) -> [UInt8] {
        let columns = positions(
            from: target.box.left, to: target.box.right, count: target.width, window: target.window.x, limit: width)
        let rows = positions(
            from: target.box.top, to: target.box.bottom, count: target.height, window: target.window.y, limit: height)
        let size = mode.bytesPerPixel
        return bytes(count: columns.count * rows.count * size) { output in
            pixels.withUnsafeBufferPointer { input in
                guard let input = input.baseAddress else { return }
                var next = output
                for row in rows {
                    for column in columns {
                        next.update(from: input + (row * width + column) * size, count: size)
                        next += size
                    }
                }
            }
        }
    }

    /// The source positions of the output pixels `window`. Pillow adds up the step from pixel to pixel, with the
    /// roundings that this brings, but multiplies for 16-bit images.
    private func positions(from: Float, to: Float, count: Int, window: Range<Int>, limit: Int) -> [Int] {
        let step = Double(to - from) / Double(count)
        var position = Double(from) + step * 0.5
        var positions: [Int] = []
        positions.reserveCapacity(window.count)
        for index in 0..<window.upperBound {
            if mode == .grey16 { position = step * (Double(index) + 0.5) + Double(from) }
            if window.contains(index) { positions.append(min(Int(position), limit - 1)) }
            if mode != .grey16 { position += step }
        }
        return positions
    }
}
