import CLIPImaging
import Testing

@Suite("Writing JPEG")
struct JPEGEncodingTests {
    @Test("what is written is read back, closer the higher the quality")
    func quality() throws {
        let distances = try [5, 50, 100].map { quality in
            let read = try Bitmap(decoding: Fixture.picture.jpegData(quality: quality), name: "a.jpg")
            #expect(read.mode == .rgb && read.width == 16 && read.height == 12)
            return zip(read.pixels, Fixture.picture.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        }
        #expect(distances[0] > distances[1] && distances[1] > distances[2])
    }

    @Test("grey is written as grey, and other modes as RGB")
    func modes() throws {
        #expect(try Bitmap(decoding: Fixture.picture.grey().jpegData(), name: "a.jpg").mode == .grey)
        let palette = try Bitmap(decoding: Fixture.palettePNG, name: "a.png")
        #expect(try palette.jpegData() == palette.rgb().jpegData())
        #expect(try Fixture.picture.rgba().jpegData() == Fixture.picture.jpegData())
    }

    @Test("a file that outgrows the first memory is whole")
    func large() throws {
        var generator = SeededGenerator(seed: 2)
        let pixels = (0..<3 * 400 * 300).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let image = Bitmap(rgb: pixels, width: 400, height: 300)
        let data = try image.jpegData(quality: 100)
        #expect(data.count > 3 << 16)
        let read = try Bitmap(decoding: data, name: "a.jpg").grey()
        // Luma is kept in full, but for two roundings of colours that noise makes extreme.
        let distances = zip(read.pixels, image.grey().pixels).map { abs(Int($0) - Int($1)) }
        #expect(distances.reduce(0, +) < 20 * distances.count)
    }

    @Test("a side longer than the format has is refused with one line")
    func tooLong() {
        let image = Bitmap(grey: [UInt8](repeating: 0, count: 65501), width: 1, height: 65501)
        let error = #expect(throws: ImagingError.self) { try image.jpegData(name: "tall") }
        #expect(error?.code == .notEncoded)
        #expect(error?.description == "tall: expected at most 65500 pixels a side for a JPEG image, found 1×65501")
    }
}
