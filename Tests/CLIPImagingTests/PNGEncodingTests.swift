import CLIPImaging
import Testing

@Suite("Writing PNG")
struct PNGEncodingTests {
    @Test("what is written is read back, in every mode that PNG has")
    func roundTrip() throws {
        let picture = Fixture.picture
        for image in [picture, picture.rgba(), picture.grey()] {
            #expect(try Bitmap(decoding: image.pngData(), name: "a.png") == image)
        }
    }

    @Test("other modes are written as RGB")
    func palette() throws {
        let image = try Bitmap(decoding: Fixture.palettePNG, name: "a.png")
        #expect(try Bitmap(decoding: image.pngData(compression: 0), name: "b.png") == image.rgb())
    }
}
