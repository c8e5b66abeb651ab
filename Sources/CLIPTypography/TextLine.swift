import CLIPFiles
import Foundation

/// A text as glyphs beside each other, in the font's units.
struct TextLine {
    /// A glyph, and where the pen stands before it.
    struct Place {
        let glyph: UInt32
        let x: Int
    }

    let places: [Place]
    /// Where the pen stands after the last glyph.
    let width: Int

    /// Sets a text, from left to right: accents are joined with their letters where the font has both as one, pairs are
    /// kerned by the font's table.
    /// - Throws: `FileError` for a text without characters and a character that the font lacks.
    init(_ text: String, in font: FontOutlines) throws(FileError) {
        var (places, pen, previous) = ([Place](), 0, UInt32?.none)
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
            let glyph = try font.glyph(of: scalar)
            if let previous { pen += font.kerning(previous, glyph) }
            places.append(Place(glyph: glyph, x: pen))
            pen += try font.advance(of: glyph)
            previous = glyph
        }
        (self.places, width) = (places, max(pen, 0))
    }
}
