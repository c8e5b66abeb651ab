import CCLIPFreeType
import Foundation

/// The colour bitmaps of an emoji font, read through FreeType.
///
/// Not Sendable: a FreeType face belongs to one thread at a time.
final class EmojiFont {
    let path: String
    private var library: FT_Library?
    private var face: FT_Face?

    /// A colour emoji font has some 10 MB.
    static let largestFile = 256 << 20
    /// The longest side of a bitmap that is taken.
    static let largestSide = 1024

    /// Opens a font with colour bitmaps.
    /// - Throws: ``EmojiError`` where the file is missing, no font, or a font without colour bitmaps.
    init(_ file: URL) throws {
        path = file.path
        try checkFile(file, limit: Self.largestFile, package: "fonts-noto-color-emoji")
        guard FT_Init_FreeType(&library) == 0 else { throw EmojiError(path, "FreeType does not start") }
        try open()
    }

    deinit {
        FT_Done_Face(face)
        FT_Done_FreeType(library)
    }

    private func open() throws {
        guard FT_New_Face(library, path, 0, &face) == 0, let face else {
            throw EmojiError(path, "expected a font, found something else")
        }
        guard face.pointee.num_fixed_sizes > 0, FT_Select_Size(face, 0) == 0 else {
            throw EmojiError(path, "expected a font of colour bitmaps, found none in it")
        }
    }

    /// The picture of the code point without its transparent margins; nil where the font has none.
    /// - Throws: ``EmojiError`` where the font's data for it is broken.
    func glyph(for scalar: Unicode.Scalar) throws -> EmojiGlyph? {
        guard let face else { return nil }
        let index = FT_Get_Char_Index(face, FT_ULong(scalar.value))
        guard index != 0 else { return nil }
        guard FT_Load_Glyph(face, index, FT_Int32(FT_LOAD_COLOR)) == 0, let slot = face.pointee.glyph else {
            throw EmojiError(path, "the picture of U+\(String(scalar.value, radix: 16, uppercase: true)) is broken")
        }
        return copy(slot.pointee.bitmap)?.cropped()
    }

    /// FreeType's premultiplied BGRA as RGBA; nil for bitmaps of another form.
    private func copy(_ bitmap: FT_Bitmap) -> EmojiGlyph? {
        let (width, height, pitch) = (Int(bitmap.width), Int(bitmap.rows), Int(bitmap.pitch))
        let sides = 1...Self.largestSide
        guard UInt32(bitmap.pixel_mode) == UInt32(FT_PIXEL_MODE_BGRA.rawValue), let buffer = bitmap.buffer,
            sides.contains(width), sides.contains(height), pitch >= width * 4
        else { return nil }
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 4) { pixels, count in
            for y in 0..<height {
                for x in 0..<width {
                    // Safe: x and y stay inside the bitmap that FreeType just filled, and inside `pixels`.
                    let from = buffer + y * pitch + x * 4
                    let to = (y * width + x) * 4
                    (pixels[to], pixels[to + 1], pixels[to + 2], pixels[to + 3]) = (from[2], from[1], from[0], from[3])
                }
            }
            count = width * height * 4
        }
        return EmojiGlyph(width: width, height: height, pixels: pixels)
    }
}
