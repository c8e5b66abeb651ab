import CLIPData
import Testing

@Suite struct EmojiGlyphTests {
    private let square = EmojiGlyph(
        width: 4, height: 2,
        pixels: (0..<8).flatMap { pixel -> [UInt8] in pixel % 4 == 0 ? [0, 0, 0, 0] : [UInt8(pixel * 10), 0, 0, 255] })

    @Test func `Transparent margins are cropped`() {
        let cropped = square.cropped()
        #expect(cropped?.width == 3 && cropped?.height == 2)
        #expect(cropped?.pixels.prefix(4) == [10, 0, 0, 255])
        #expect(EmojiGlyph(width: 2, height: 1, pixels: [0, 0, 0, 9, 0, 0, 0, 0]).cropped() == nil)
    }

    @Test func `Shrinking averages the pixels covered and keeps the proportions`() {
        let half = square.scaled(toFit: 2)
        #expect(half.width == 2 && half.height == 1)
        // (0 + 10 + 0 + 50) / 4 and a half covered; (20 + 30 + 60 + 70) / 4 and full.
        #expect(half.pixels == [15, 0, 0, 128, 45, 0, 0, 255])
        #expect(square.scaled(toFit: 4) == square)
    }

    @Test func `Shares of a pixel count at sizes that do not divide`() {
        let three = EmojiGlyph(width: 3, height: 3, pixels: (0..<9).flatMap { [UInt8($0 % 3 * 90), 0, 0, 255] })
        // Each output pixel covers one and a half: (0 + 90 / 2) / 1.5 and (90 / 2 + 180) / 1.5.
        #expect(three.scaled(toFit: 2).pixels.prefix(8) == [30, 0, 0, 255, 150, 0, 0, 255])
    }
}
