/// The file formats that are read here, known by a file's first bytes; its name does not matter.
package enum ImageFormat: String, Sendable, Hashable {
    case jpeg
    case png
    case webp

    /// What names of its files end with.
    package var suffix: String {
        switch self {
        case .jpeg: "jpg"
        case .png: "png"
        case .webp: "webp"
        }
    }

    /// Tells the format, or throws ``ImagingError`` that says what the data look like instead.
    package init(of data: UnsafeRawBufferPointer, name: String) throws(ImagingError) {
        if data.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if data.starts(with: "RIFF".utf8), data.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else {
            throw ImagingError(
                .unknownFormat, name: name, expected: "a JPEG, PNG or WebP image", found: Self.describe(data))
        }
    }

    /// Other kinds of files: where their mark lies, the mark, and what to call them.
    private static let others: [(offset: Int, mark: String, kind: String)] = [
        (0, "GIF8", "a GIF image"), (0, "BM", "a BMP image"), (0, "II*\0", "a TIFF image"),
        (0, "MM\0*", "a TIFF image"),
        (4, "ftypavif", "an AVIF image"), (4, "ftyphei", "a HEIF image"), (4, "ftypmif1", "a HEIF image"),
        (4, "JXL ", "a JPEG XL image"), (4, "jP  ", "a JPEG 2000 image"), (0, "<svg", "an SVG image"),
        (0, "%PDF", "a PDF document"), (0, "PK\u{3}\u{4}", "a zip archive"), (0, "<!DOCTYPE html", "an HTML page"),
        (0, "<html", "an HTML page"),
    ]

    private static func describe(_ data: UnsafeRawBufferPointer) -> String {
        if data.isEmpty { return "an empty file" }
        if let known = others.first(where: { data.dropFirst($0.offset).starts(with: $0.mark.utf8) }) {
            return known.kind
        }
        let start = data.prefix(512)
        if start.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) { return "text" }
        let hexadecimal = start.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return "data that begin with the bytes \(hexadecimal.joined(separator: " "))"
    }
}
