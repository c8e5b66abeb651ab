import CLIPImaging
import Testing

@Suite("Resizing and cropping")
struct BitmapResizingTests {
    @Test("the same size gives the same image", arguments: ResamplingFilter.allCases)
    func identity(filter: ResamplingFilter) {
        #expect(Fixture.picture.resized(width: 16, height: 12, filter: filter) == Fixture.picture)
    }

    @Test("an image of one colour stays so at every size", arguments: ResamplingFilter.allCases)
    func constant(filter: ResamplingFilter) {
        let image = Bitmap(rgb: Array(repeating: [10, 200, 255], count: 7 * 5).flatMap(\.self), width: 7, height: 5)
        for (width, height) in [(1, 1), (3, 11), (40, 2), (100, 100)] {
            let pixels = image.resized(width: width, height: height, filter: filter).pixels
            #expect(pixels == Array(repeating: [10, 200, 255], count: width * height).flatMap(\.self))
        }
    }

    @Test("transparent pixels do not bleed into opaque ones")
    func alpha() {
        let pixels: [UInt8] = [255, 255, 255, 0, 100, 100, 100, 255]
        let image = Bitmap(rgba: pixels, width: 2, height: 1).resized(width: 1, height: 1, filter: .box)
        #expect(image.pixels == [99, 99, 99, 128])
    }

    @Test("what a crop takes from outside is filled")
    func crop() {
        let image = Bitmap(grey: [1, 2, 3, 4], width: 2, height: 2)
        #expect(image.cropped(x: 1, y: -1, width: 2, height: 3).pixels == [0, 0, 2, 0, 4, 0])
        #expect(image.cropped(x: 5, y: 5, width: 1, height: 2, fill: 9).pixels == [9, 9])
        #expect(image.cropped(x: 0, y: 1, width: 2, height: 1).pixels == [3, 4])
    }

    @Test("mirroring twice gives the image back")
    func flip() {
        let mirrored = Fixture.picture.flippedHorizontally()
        #expect(mirrored != Fixture.picture)
        #expect(mirrored.flippedHorizontally() == Fixture.picture)
    }

    @Test("a palette image takes the nearest pixel whatever the filter")
    func palette() throws {
        let image = try Bitmap(decoding: Fixture.palettePNG, name: "a.png")
        #expect(
            image.resized(width: 5, height: 5, filter: .bicubic) == image.resized(width: 5, height: 5, filter: .nearest)
        )
    }
}
