import CLIPFiles
import CLIPImaging
import CLIPTestSupport
import CLIPTypography
import Foundation
import Testing

@Suite("Font files")
struct TypefaceTests {
    private func message(_ path: String) -> String? {
        #expect(throws: FileError.self) { try Typeface(contentsOf: URL(filePath: path)) }?.description
    }

    @Test("a file that is missing, a folder and no font is named in one line")
    func files() throws {
        let folder = try TemporaryFolder()
        let text = try folder.write("no font".utf8, as: "font.ttf")
        let empty = try folder.write([], as: "empty.ttf")
        #expect(
            message("/nowhere/font.ttf")
                == "/nowhere/font.ttf: expected a font, found no file; the Debian package fonts-dejavu-core brings one")
        #expect(message(folder.url.path) == "\(folder.url.path): expected a regular file, found a folder")
        #expect(message(text) == "\(text): expected a font, found something else")
        #expect(message(empty) == "\(empty): expected a font, found something else")
    }

    @Test("a font of colour bitmaps has no outlines to draw")
    func bitmaps() {
        let emoji = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
        guard FileManager.default.fileExists(atPath: emoji) else { return }
        #expect(message(emoji) == "\(emoji): expected a font with outlines, found none in it")
    }

    @Test("a damaged font is read or refused", .enabled(if: TestFont.isPresent, TestFont.reason))
    func damage() throws {
        let bytes = try [UInt8](Data(contentsOf: Typeface.debianFont))
        let (folder, image) = (try TemporaryFolder(), Bitmap.plain(width: 60, height: 40, sample: 0))
        var mutation = Mutation(seed: 3)
        for _ in 0..<FuzzIterations.count(default: 40) {
            let path = try folder.write(mutation.mutated(bytes, words: []), as: "damaged.ttf")
            guard let typeface = try? Typeface(contentsOf: URL(filePath: path)) else { continue }
            if let drawn = try? image.drawing("Ag", in: typeface, seed: 0, index: 0) { #expect(drawn.width == 60) }
        }
    }
}
