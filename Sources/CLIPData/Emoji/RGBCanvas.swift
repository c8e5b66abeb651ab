/// A colour of three 8-bit components.
package struct RGBColor: Sendable, Hashable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// The colour a little lighter (or darker, below 0).
    func shaded(by change: Int) -> RGBColor {
        let changed = [red, green, blue].map { UInt8(clamping: Int($0) + change) }
        return RGBColor(changed[0], changed[1], changed[2])
    }
}

/// An RGB picture that is being drawn into someone's memory: `[side, side, 3]` bytes.
struct RGBCanvas {
    private let side: Int
    private let pixels: UnsafeMutableBufferPointer<UInt8>

    /// A square canvas of one colour in a buffer of exactly `side * side * 3` bytes.
    init(_ pixels: UnsafeMutableBufferPointer<UInt8>, side: Int, color: RGBColor) {
        precondition(pixels.count == side * side * 3, "the buffer has side × side × 3 bytes")
        (self.side, self.pixels) = (side, pixels)
        for index in stride(from: 0, to: pixels.count, by: 3) {
            pixels[index] = color.red
            pixels[index + 1] = color.green
            pixels[index + 2] = color.blue
        }
    }

    /// Lays a picture over the canvas with its top left corner at x, y: it must lie inside.
    func draw(_ glyph: EmojiGlyph, x: Int, y: Int) {
        precondition(x >= 0 && y >= 0 && x + glyph.width <= side && y + glyph.height <= side)
        precondition(glyph.pixels.count == glyph.width * glyph.height * 4)
        glyph.pixels.withUnsafeBufferPointer { source in
            for row in 0..<glyph.height {
                var from = row * glyph.width * 4
                var to = ((y + row) * side + x) * 3
                // Safe: the two preconditions keep every index inside both buffers.
                for _ in 0..<glyph.width {
                    blend(source, from, to)
                    from &+= 4
                    to &+= 3
                }
            }
        }
    }

    /// One premultiplied RGBA pixel over one RGB pixel.
    @inline(__always)
    private func blend(_ source: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int) {
        let through = 255 &- UInt32(source[from + 3])
        guard through < 255 else { return }
        for channel in 0..<3 {
            let behind = (UInt32(pixels[to + channel]) &* through &+ 127) / 255
            pixels[to + channel] = UInt8(truncatingIfNeeded: min(255, UInt32(source[from + channel]) &+ behind))
        }
    }
}
