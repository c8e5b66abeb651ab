import CLIPFiles
import CLIPImaging
import Foundation
import Testing

@Suite("Decoding")
struct BitmapDecodingTests {
    @Test("every format and kind decodes in its own mode")
    func formats() throws {
        let modes = try Fixture.readable.map { try Bitmap(decoding: $0.data, name: $0.name) }
        #expect(modes.allSatisfy { ($0.width, $0.height) == (16, 12) })
        #expect(modes.map(\.mode) == [.rgb, .rgb, .cmyk, .rgb, .rgb, .rgb, .palette])
    }

    @Test("lossless files hold the picture, lossy ones about the picture")
    func contents() throws {
        for file in Fixture.readable {
            let image = try Bitmap(decoding: file.data, name: file.name).rgb()
            let distance = zip(image.pixels, Fixture.picture.pixels).map { abs(Int($0) - Int($1)) }.reduce(0, +)
            let mean = Double(distance) / Double(image.pixels.count)
            #expect(
                mean <= (file.name.hasPrefix("lossless") || file.name.hasPrefix("animated") ? 0 : 40), "\(file.name)")
        }
    }

    @Test("a file on disk is read and named by its path")
    func file() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(Fixture.jpeg, to: "a picture.txt")
        #expect(try Bitmap(file: url.path) == Bitmap(decoding: Fixture.jpeg, name: "a"))
        let empty = try folder.write(Data(), to: "empty.png")
        let error = #expect(throws: ImagingError.self) { try Bitmap(file: empty.path) }
        #expect(error?.description == "\(empty.path): expected a JPEG, PNG or WebP image, found an empty file")
    }

    @Test("a folder and a missing file are told apart")
    func folder() throws {
        let folder = try TemporaryFolder()
        let isFolder = #expect(throws: FileError.self) { try Bitmap(file: folder.url.path, name: "photos") }
        #expect(isFolder?.description == "photos: expected a regular file, found a folder")
        let missing = #expect(throws: FileError.self) {
            try Bitmap(file: folder.url.appending(path: "x.jpg").path, name: "x.jpg")
        }
        #expect(missing?.description == "x.jpg: expected a file, found none (No such file or directory)")
        #expect(missing?.code == .notFound)
    }

    @Test(
        "other kinds of data are named",
        arguments: [
            (Data("hello, I am a text\n".utf8), "text"), (Fixture.gif, "a GIF image"), (Data(), "an empty file"),
            (Data("%PDF-1.4".utf8), "a PDF document"),
            (Data([1, 2, 3, 4]), "data that begin with the bytes 01 02 03 04"),
        ])
    func otherKinds(data: Data, kind: String) {
        let error = #expect(throws: ImagingError.self) { try Bitmap(decoding: data, name: "a.png") }
        #expect(error?.description == "a.png: expected a JPEG, PNG or WebP image, found \(kind)")
    }

    @Test("every shorter part of a file is refused with one line, of whatever format")
    func truncated() {
        for file in Fixture.readable {
            // The last bytes of PNG and JPEG may be missing without loss.
            let needed = file.name.hasSuffix("webp") ? file.data.count : file.data.count - 24
            for count in 0..<needed {
                let error = #expect(throws: ImagingError.self, "\(file.name) \(count)") {
                    try Bitmap(decoding: file.data.prefix(count), name: file.name)
                }
                #expect(error?.description.hasPrefix("\(file.name): expected ") == true)
                #expect(error?.description.contains("\n") == false)
            }
        }
    }

    @Test("a truncated JPEG says where it ends")
    func truncatedJPEG() {
        let error = #expect(throws: ImagingError.self) {
            try Bitmap(decoding: Fixture.jpeg.prefix(295), name: "a.jpg")
        }
        #expect(error?.code == .truncated)
        #expect(
            error?.description
                == "a.jpg: expected a whole JPEG image, found a truncated one of 295 bytes (the data end at row 0 of 12)"
        )
    }

    @Test("a header that claims 100000×100000 pixels is refused before memory is taken")
    func enormousPNG() throws {
        let error = #expect(throws: ImagingError.self) {
            try Bitmap(decoding: Fixture.palettePNG.claiming(width: 100_000, height: 100_000), name: "a.png")
        }
        #expect(
            error?.description
                == "a.png: expected at most 178956970 pixels, found a header that claims 100000×100000")
    }

    @Test("a size within the limit that the bytes cannot hold is a truncated file")
    func implausible() throws {
        let png = #expect(throws: ImagingError.self) {
            try Bitmap(decoding: Fixture.palettePNG.claiming(width: 13_000, height: 13_000), name: "a.png")
        }
        #expect(png?.description == "a.png: expected a whole PNG image of 13000×13000, found only 162 bytes")
        let jpeg = #expect(throws: ImagingError.self) {
            try Bitmap(decoding: Fixture.progressiveJPEG.claimingInFrame(side: 13_000), name: "a.jpg")
        }
        #expect(jpeg?.code == .truncated)
    }

    @Test("the limits on pixels and bytes hold")
    func limits() {
        for file in Fixture.readable {
            let pixels = #expect(throws: ImagingError.self) {
                try Bitmap(decoding: file.data, name: "a", limits: DecodingLimits(maximumPixels: 191))
            }
            #expect(pixels?.description == "a: expected at most 191 pixels, found a header that claims 16×12")
            #expect(throws: Never.self) {
                try Bitmap(decoding: file.data, name: "a", limits: DecodingLimits(maximumPixels: 192))
            }
            let bytes = #expect(throws: ImagingError.self) {
                try Bitmap(decoding: file.data, name: "a", limits: DecodingLimits(maximumBytes: 40))
            }
            #expect(bytes?.code == .tooLarge)
        }
    }

    @Test("an error is one line even where the name is not")
    func oneLine() {
        let error = #expect(throws: ImagingError.self) { try Bitmap(decoding: Data(), name: "a\nb.png") }
        #expect(error?.description == #"a\nb.png: expected a JPEG, PNG or WebP image, found an empty file"#)
    }
}

extension Data {
    /// A PNG file whose header claims another size, with a right checksum.
    fileprivate func claiming(width: UInt32, height: UInt32) -> Data {
        var data = self
        data.replaceSubrange(16..<24, with: Swift.withUnsafeBytes(of: (width.bigEndian, height.bigEndian), Array.init))
        let crc = checksum(data[12..<29])
        data.replaceSubrange(29..<33, with: Swift.withUnsafeBytes(of: crc.bigEndian, Array.init))
        return data
    }

    /// A progressive JPEG file whose frame header claims a square of another size.
    fileprivate func claimingInFrame(side: UInt16) -> Data {
        var data = self
        guard let frame = data.firstRange(of: [0xFF, 0xC2]) else { return data }
        let sides = Swift.withUnsafeBytes(of: (side.bigEndian, side.bigEndian), Array.init)
        data.replaceSubrange(frame.upperBound + 3..<frame.upperBound + 7, with: sides)
        return data
    }
}

/// A folder that goes away with the value.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "imaging-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ data: Data, to name: String) throws -> URL {
        let file = url.appending(path: name)
        try data.write(to: file)
        return file
    }
}
