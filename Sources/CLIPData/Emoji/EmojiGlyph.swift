/// A colour picture with transparency: premultiplied RGBA, 4 bytes a pixel, rows without gaps.
package struct EmojiGlyph: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// `[height, width, 4]`, premultiplied.
    let pixels: [UInt8]

    /// The alpha from which a pixel counts as part of the picture.
    private static let visible: UInt8 = 16

    /// The picture without its transparent margins; nil where nothing is visible.
    func cropped() -> EmojiGlyph? {
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
    func scaled(toFit side: Int) -> EmojiGlyph {
        let longer = max(width, height)
        let newWidth = max(1, (width * side + longer / 2) / longer)
        let newHeight = max(1, (height * side + longer / 2) / longer)
        let rows = Self.averaged(
            pixels.map(Float.init), lines: height, length: width, to: newWidth, lineStride: width * 4, step: 4,
            outLineStride: newWidth * 4, outStep: 4)
        let both = Self.averaged(
            rows, lines: newWidth, length: height, to: newHeight, lineStride: 4, step: newWidth * 4,
            outLineStride: 4, outStep: newWidth * 4)
        return EmojiGlyph(width: newWidth, height: newHeight, pixels: both.map { UInt8(min(255, $0 + 0.5)) })
    }

    /// One pass of area averaging along one axis: each output pixel is the mean of the stretch of the input that it
    /// covers, the ends counted by their share.
    private static func averaged(
        _ input: [Float], lines: Int, length: Int, to newLength: Int, lineStride: Int, step: Int, outLineStride: Int,
        outStep: Int
    ) -> [Float] {
        var output = [Float](repeating: 0, count: lines * newLength * 4)
        let ratio = Float(length) / Float(newLength)
        for target in 0..<newLength {
            let start = Float(target) * ratio
            let end = min(Float(length), start + ratio)
            for source in Int(start)..<min(length, Int(end.rounded(.up))) {
                let share = (min(end, Float(source + 1)) - max(start, Float(source))) / ratio
                for line in 0..<lines {
                    for channel in 0..<4 {
                        output[line * outLineStride + target * outStep + channel] +=
                            share * input[line * lineStride + source * step + channel]
                    }
                }
            }
        }
        return output
    }
}
