/// A colour picture with transparency: premultiplied RGBA, 4 bytes a pixel, rows without gaps.
package struct EmojiGlyph: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// `[height, width, 4]`, premultiplied.
    package let pixels: [UInt8]

    /// A picture of `width * height * 4` bytes.
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height * 4, "four bytes a pixel")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    /// The alpha from which a pixel counts as part of the picture.
    private static let visible: UInt8 = 16

    /// The picture without its transparent margins; nil where nothing is visible.
    package func cropped() -> EmojiGlyph? {
        var columns = (first: width, last: -1)
        var rows = (first: height, last: -1)
        for y in 0..<height {
            for x in 0..<width where pixels[(y * width + x) * 4 + 3] >= Self.visible {
                columns = (min(columns.first, x), max(columns.last, x))
                rows = (min(rows.first, y), max(rows.last, y))
            }
        }
        guard columns.last >= 0 else { return nil }
        let newWidth = columns.last - columns.first + 1
        var kept: [UInt8] = []
        for y in rows.first...rows.last {
            let start = (y * width + columns.first) * 4
            kept += pixels[start..<(start + newWidth * 4)]
        }
        return EmojiGlyph(width: newWidth, height: rows.last - rows.first + 1, pixels: kept)
    }

    /// The picture with its longer side scaled to `side` pixels by area averaging, on premultiplied values.
    package func scaled(toFit side: Int) -> EmojiGlyph {
        let longer = max(width, height)
        let newWidth = max(1, (width * side + longer / 2) / longer)
        let newHeight = max(1, (height * side + longer / 2) / longer)
        let columns = Self.stretches(of: width, to: newWidth)
        var result: [UInt8] = []
        result.reserveCapacity(newWidth * newHeight * 4)
        var line = [Float](repeating: 0, count: width * 4)
        for stretch in Self.stretches(of: height, to: newHeight) {
            average(stretch, into: &line)
            for column in columns {
                let pixel = Self.average(of: line, column)
                for channel in 0..<4 { result.append(UInt8(min(255, pixel[channel] + 0.5))) }
            }
        }
        return EmojiGlyph(width: newWidth, height: newHeight, pixels: result)
    }

    /// The pixels of one axis that an output pixel covers, each with its share of it.
    private struct Stretch {
        let first: Int
        let shares: [Float]
    }

    private static func stretches(of length: Int, to newLength: Int) -> [Stretch] {
        let ratio = Float(length) / Float(newLength)
        return (0..<newLength).map { target in
            let start = Float(target) * ratio
            let end = min(Float(length), start + ratio)
            let last = min(length, Int(end.rounded(.up)))
            let shares = (Int(start)..<last).map { (min(end, Float($0 + 1)) - max(start, Float($0))) / ratio }
            return Stretch(first: Int(start), shares: shares)
        }
    }

    /// The mean of some rows.
    private func average(_ rows: Stretch, into line: inout [Float]) {
        // Safe: a stretch lies inside the picture, and `line` has a row's values.
        pixels.withUnsafeBufferPointer { pixels in
            line.withUnsafeMutableBufferPointer { line in
                line.update(repeating: 0)
                for (offset, share) in rows.shares.enumerated() {
                    let start = (rows.first + offset) * width * 4
                    for index in 0..<(width * 4) { line[index] += share * Float(pixels[start + index]) }
                }
            }
        }
    }

    /// The mean of some pixels of a row.
    private static func average(of line: [Float], _ columns: Stretch) -> SIMD4<Float> {
        var sum = SIMD4<Float>(repeating: 0)
        for (offset, share) in columns.shares.enumerated() {
            let index = (columns.first + offset) * 4
            sum += share * SIMD4(line[index], line[index + 1], line[index + 2], line[index + 3])
        }
        return sum
    }
}
