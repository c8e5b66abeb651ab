/// Finds pictures that cannot be told apart when small.
enum EmojiTwins {
    /// The side at which pictures are compared.
    private static let side = 24
    /// Pictures that differ by less than this are the same to someone who sees them small.
    static let leastDifference = 0.33

    /// The indices of the pictures to keep: of each near-equal pair the first.
    static func indicesOfDistinct(_ glyphs: [EmojiGlyph]) -> [Int] {
        let thumbnails = parallelMap(glyphs.count) { Thumbnail(glyphs[$0]) }
        var kept: [Int] = []
        for index in glyphs.indices
        where !kept.contains(where: { thumbnails[$0].difference(from: thumbnails[index]) < leastDifference }) {
            kept.append(index)
        }
        return kept
    }

    /// How far two pictures differ at the size of comparison: the mean difference of their premultiplied pixels, in
    /// parts of how much of the square they cover. 0 for equal pictures.
    static func difference(_ first: EmojiGlyph, _ second: EmojiGlyph) -> Double {
        Thumbnail(first).difference(from: Thumbnail(second))
    }

    /// A picture in the middle of a small square: premultiplied RGBA.
    private struct Thumbnail: Sendable {
        private var pixels = [UInt8](repeating: 0, count: side * side * 4)
        private var ink = 0

        init(_ glyph: EmojiGlyph) {
            let small = glyph.scaled(toFit: side)
            let (left, top) = ((side - small.width) / 2, (side - small.height) / 2)
            for y in 0..<small.height {
                for x in 0..<(small.width * 4) {
                    pixels[(top + y) * side * 4 + left * 4 + x] = small.pixels[y * small.width * 4 + x]
                }
            }
            ink = stride(from: 3, to: pixels.count, by: 4).reduce(0) { $0 + Int(pixels[$1]) }
        }

        func difference(from other: Thumbnail) -> Double {
            // Safe: all thumbnails have the same number of bytes.
            let sum = pixels.withUnsafeBufferPointer { mine in
                other.pixels.withUnsafeBufferPointer { others in
                    var sum: Int32 = 0
                    for index in 0..<(side * side * 4) {
                        sum &+= abs(Int32(mine[index]) &- Int32(others[index]))
                    }
                    return sum
                }
            }
            return Double(sum) / Double(max(1, ink + other.ink))
        }
    }
}
