import CLIPImaging
import Testing

@Suite("Loops for wide registers")
struct ResamplingLoopsTests {
    /// Noise with runs of the extremes, in which sums leave the range of a byte on both sides.
    private func noise(width: Int, height: Int, seed: UInt64) -> Bitmap {
        var generator = SeededGenerator(seed: seed)
        let pixels = (0..<width * height * 3).map { _ in
            let number = generator.next()
            return number & 0x300 == 0 ? UInt8(truncatingIfNeeded: number) : number & 0x400 == 0 ? 0 : 255
        }
        return Bitmap(rgb: pixels, width: width, height: height)
    }

    @Test("they give the bytes of the plain loops, whatever the size, the crop and the filter")
    func equality() {
        var generator = SeededGenerator(seed: 7)
        for trial in 0..<600 {
            let sides = (0..<4).map { _ in 1 + generator.index(below: trial % 40 == 0 ? 900 : 60) }
            let image = noise(width: sides[0], height: sides[1], seed: UInt64(trial))
            let (x, y) = (generator.index(below: sides[0]), generator.index(below: sides[1]))
            let crop = PixelWindow(
                x: x..<x + 1 + generator.index(below: sides[0] - x), y: y..<y + 1 + generator.index(below: sides[1] - y)
            )
            let filter = ResamplingFilter.allCases[trial % ResamplingFilter.allCases.count]
            let results = [ResamplingLoops.fastest, .plain].map {
                image.resized(width: sides[2], height: sides[3], filter: filter, cropping: crop, loops: $0)
            }
            #expect(results[0] == results[1], "\(sides) \(crop) \(filter)")
            let cropped = image.cropped(x: x, y: y, width: crop.x.count, height: crop.y.count)
            #expect(results[0] == cropped.resized(width: sides[2], height: sides[3], filter: filter))
        }
    }

    @Test("planes are the samples of each colour")
    func planes() {
        for width in 1..<70 {
            let image = noise(width: width, height: 3, seed: UInt64(width))
            #expect(image.planes() == image.planes(loops: .plain))
            #expect(image.planes()[width * 3] == image.pixels[1])
        }
    }
}
