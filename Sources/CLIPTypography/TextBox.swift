import CLIPFiles

/// How a word stands on an image: in a box of one colour, as on a sheet of paper that someone holds into the picture.
public struct TextBox: Sendable, Hashable {
    /// The two colours.
    public enum Colors: String, Sendable, Hashable, Codable, CaseIterable {
        /// Black letters on white.
        case blackOnWhite = "black_on_white"
        /// White letters on black.
        case whiteOnBlack = "white_on_black"
    }

    /// The height of the box as a share of the image's. A box that would be wider than the image is made smaller until it
    /// fits.
    public let height: Double
    /// The colours.
    public let colors: Colors

    /// Sets the height, above 0 and at most 1, and the colours.
    public init(height: Double = 0.2, colors: Colors = .blackOnWhite) {
        precondition(height > 0 && height <= 1, "a box lies within its image")
        self.height = height
        self.colors = colors
    }
}

/// The pixels of a box and what of them the letters cover.
struct DrawnText {
    let width: Int
    let height: Int
    /// `[height, width]`, 0 to 255.
    private(set) var coverage: [UInt8]

    /// The room before and behind the text, in parts of the font's size.
    private static let margin = 0.25

    /// Draws a text as large as the height says, or as the width allows.
    init(_ text: String, in font: FontOutlines, maximumWidth: Int, height: Double) throws(FileError) {
        let line = try TextLine(text, in: font)
        let margin = Self.margin * Double(font.unitsPerSize)
        let (lineWidth, lineHeight) = (Double(line.width) + 2 * margin, Double(font.ascent + font.descent))
        // Pixels a unit.
        let scale = min(height / lineHeight, Double(maximumWidth) / lineWidth)
        self.width = min(max(Int((scale * lineWidth).rounded()), 1), maximumWidth)
        self.height = max(Int((scale * lineHeight).rounded()), 1)
        coverage = [UInt8](repeating: 0, count: self.width * self.height)
        for place in line.places {
            try add(
                place.glyph, of: font, scale: scale, x: scale * (margin + Double(place.x)),
                y: scale * Double(font.descent))
        }
    }

    /// Adds a glyph. It is drawn by itself, so that what two neighbours cover of one pixel adds up.
    private mutating func add(
        _ glyph: UInt32, of font: FontOutlines, scale: Double, x: Double, y: Double
    ) throws(FileError) {
        var drawn = [UInt8](repeating: 0, count: coverage.count)
        let (width, height) = (width, height)
        try drawn.withUnsafeMutableBufferPointer { drawn throws(FileError) in
            guard let drawn = drawn.baseAddress else { return }
            try font.draw(glyph, scale: scale, x: x, y: y, width: width, height: height, into: drawn)
        }
        for index in coverage.indices where drawn[index] > 0 {
            coverage[index] = UInt8(clamping: Int(coverage[index]) + Int(drawn[index]))
        }
    }
}
