import CCLIPFreeType
import CLIPFiles

/// The measures and outlines of a font by way of FreeType, unhinted, in the font's own units: they are the same at every
/// size, so that a text is the same picture, larger or smaller.
///
/// Not Sendable: a FreeType face belongs to one thread at a time.
final class FontOutlines {
    private let typeface: Typeface
    /// FreeType reads from it as long as the face is open.
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private var library: FT_Library?
    private var face: FT_Face?

    /// How many units the font's size has.
    private(set) var unitsPerSize = 1
    /// From the highest letters to the base line, in units.
    private(set) var ascent = 0
    /// From the base line to the lowest letters, in units.
    private(set) var descent = 0

    /// - Throws: `FileError` where the bytes are no font with outlines.
    init(_ typeface: Typeface) throws(FileError) {
        self.typeface = typeface
        bytes = .allocate(capacity: typeface.bytes.count)
        _ = bytes.initialize(from: typeface.bytes)
        guard FT_Init_FreeType(&library) == 0 else {
            throw FileError(.badData, path: typeface.path, "FreeType does not start")
        }
        guard FT_New_Memory_Face(library, bytes.baseAddress, FT_Long(bytes.count), 0, &face) == 0, let face else {
            throw FileError(.badData, path: typeface.path, "expected a font, found something else")
        }
        unitsPerSize = Int(face.pointee.units_per_EM)
        (ascent, descent) = (Int(face.pointee.ascender), -Int(face.pointee.descender))
        guard face.pointee.face_flags & FT_Long(FT_FACE_FLAG_SCALABLE) != 0, unitsPerSize > 0, ascent > 0, descent >= 0
        else { throw FileError(.badData, path: typeface.path, "expected a font with outlines, found none in it") }
    }

    deinit {
        FT_Done_Face(face)
        FT_Done_FreeType(library)
        bytes.deallocate()
    }

    /// The number of a character's glyph.
    /// - Throws: `FileError` where the font has none.
    func glyph(of scalar: Unicode.Scalar) throws(FileError) -> UInt32 {
        let glyph = FT_Get_Char_Index(face, FT_ULong(scalar.value))
        if glyph != 0 { return glyph }
        throw FileError(
            .badData, path: typeface.path, "expected a letter for \(Self.name(scalar)), found none in the font")
    }

    /// How far a glyph moves the pen, in units.
    func advance(of glyph: UInt32) throws(FileError) -> Int { Int(try load(glyph).advance.x) }

    /// How much farther apart two glyphs stand, in units.
    func kerning(_ left: UInt32, _ right: UInt32) -> Int {
        var distance = FT_Vector()
        guard FT_Get_Kerning(face, left, right, FT_UInt(FT_KERNING_UNSCALED.rawValue), &distance) == 0 else { return 0 }
        return Int(distance.x)
    }

    /// Draws a glyph into `width * height` bytes of coverage that are 0: `scale` pixels a unit, the pen at x, y pixels
    /// from the lower left corner. What lies outside is cut off.
    func draw(
        _ glyph: UInt32, scale: Double, x: Double, y: Double, width: Int, height: Int,
        into coverage: UnsafeMutablePointer<UInt8>
    ) throws(FileError) {
        var outline = try load(glyph).outline
        // FreeType counts in 64ths of a pixel, and its factors have 16 bits behind the point.
        let factor = FT_Fixed((scale * 64 * 65536).rounded())
        var matrix = FT_Matrix(xx: factor, xy: 0, yx: 0, yy: factor)
        FT_Outline_Transform(&outline, &matrix)
        FT_Outline_Translate(&outline, FT_Pos((x * 64).rounded()), FT_Pos((y * 64).rounded()))
        var bitmap = FT_Bitmap()
        bitmap.rows = UInt32(height)
        bitmap.width = UInt32(width)
        bitmap.pitch = Int32(width)
        bitmap.buffer = coverage
        bitmap.num_grays = 256
        bitmap.pixel_mode = UInt8(FT_PIXEL_MODE_GRAY.rawValue)
        guard FT_Outline_Get_Bitmap(library, &outline, &bitmap) == 0 else { throw broken(glyph) }
    }

    private func load(_ glyph: UInt32) throws(FileError) -> FT_GlyphSlotRec {
        guard FT_Load_Glyph(face, glyph, FT_Int32(FT_LOAD_NO_SCALE)) == 0, let slot = face?.pointee.glyph,
            slot.pointee.format == FT_GLYPH_FORMAT_OUTLINE
        else { throw broken(glyph) }
        return slot.pointee
    }

    private func broken(_ glyph: UInt32) -> FileError {
        FileError(.badData, path: typeface.path, "expected an outline as glyph \(glyph), found a broken one")
    }

    /// "U+00E9 (é)", or the number alone of what cannot be shown.
    private static func name(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: return number
        default: return "\(number) (\(scalar))"
        }
    }
}
