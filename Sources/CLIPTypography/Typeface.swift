internal import CLIPFiles
public import Foundation

/// An outline font, read whole into memory, for any number of threads at once.
public struct Typeface: Sendable {
    /// The font's file.
    public let path: String
    let bytes: [UInt8]

    /// Where the Debian package `fonts-dejavu-core` puts DejaVu Sans.
    public static let debianFont = URL(filePath: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")

    /// A font of all the characters there are has some 20 MB.
    private static let largestFile = 64 << 20

    /// Reads a font of any format that FreeType knows and that has outlines; of a collection, the first.
    /// - Throws: `FileError`, which names a Debian package that brings a font where it is missing, for a file that cannot be
    ///   read, is too large, or is no such font.
    public init(contentsOf file: URL = debianFont) throws {
        path = file.path
        do {
            bytes = try contents(ofFile: path, limit: Self.largestFile)
        } catch let error as FileError where error.code == .notFound {
            throw FileError(
                .notFound, path: path, "expected a font, found no file; the Debian package fonts-dejavu-core brings one"
            )
        }
        _ = try FontOutlines(self)
    }

    /// How many units the font's size has.
    package var unitsPerSize: Int {
        get throws { try FontOutlines(self).unitsPerSize }
    }

    /// The width of a line of text, in units.
    package func width(of text: String) throws -> Int { try TextLine(text, in: FontOutlines(self)).width }
}
