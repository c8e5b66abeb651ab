import CLIPImaging
import Foundation
import Testing

@Suite("Spoiling images")
struct ImageCorruptionTests {
    /// A picture with detail of every size: a disc and waves before a sky.
    private static let picture: Bitmap = {
        let (width, height) = (160, 120)
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let (dx, dy) = (Double(x - 60), Double(y - 50))
                let isDisc = dx * dx + dy * dy < 900
                let wave = sin(Double(x * y) / 300) * 40
                let color = isDisc ? [200, 80 + wave, 30] : [60 + wave, 70 + Double(y) * 0.5, 150 - Double(x) * 0.4]
                pixels += color.map { UInt8(min(max($0, 0), 255)) }
            }
        }
        return Bitmap(rgb: pixels, width: width, height: height)
    }()

    private static func distance(_ first: Bitmap, _ second: Bitmap) -> Double {
        let sum = zip(first.pixels, second.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(first.pixels.count)
    }

    @Test("each strength changes more than the one before", arguments: ImageCorruption.Kind.allCases)
    func order(kind: ImageCorruption.Kind) throws {
        let distances = try ImageCorruption.severities.map { severity in
            let spoiled = try ImageCorruption(kind, severity: severity)(Self.picture, seed: 1, index: 2)
            return Self.distance(spoiled, Self.picture)
        }
        #expect(distances[0] > 0)
        for (less, more) in zip(distances, distances.dropFirst()) { #expect(less < more, "\(distances)") }
    }

    @Test("the result is the same for the same seed and index, on many threads too", arguments: ImageCorruption.all)
    func determinism(corruption: ImageCorruption) async throws {
        let expected = try corruption(Self.picture, seed: 3, index: 5)
        try await withThrowingTaskGroup(of: Bitmap.self) { group in
            for _ in 0..<4 { group.addTask { try corruption(Self.picture, seed: 3, index: 5) } }
            for try await found in group { #expect(found == expected) }
        }
    }

    @Test("noise and the direction of a turn depend on the seed and on the index")
    func randomness() throws {
        let noise = ImageCorruption(.gaussianNoise, severity: 1)
        let noisy = try noise(Self.picture, seed: 0, index: 0)
        #expect(try noise(Self.picture, seed: 0, index: 1) != noisy)
        #expect(try noise(Self.picture, seed: 1, index: 0) != noisy)
        let rotation = ImageCorruption(.rotation, severity: 2)
        let turns = try Set((0..<20).map { try rotation(Self.picture, seed: 0, index: $0) })
        #expect(turns == [Self.picture.rotated(degrees: 10), Self.picture.rotated(degrees: -10)])
    }

    @Test("an image of any size keeps it", arguments: ImageCorruption.all)
    func size(corruption: ImageCorruption) throws {
        for (width, height) in [(1, 1), (1, 7), (9, 1), (2, 2), (3, 200), (17, 8)] {
            let image = Self.picture.resized(width: width, height: height)
            let spoiled = try corruption(image, seed: 0, index: 0)
            #expect(spoiled.width == width && spoiled.height == height && spoiled.mode == .rgb)
        }
    }

    @Test("images of other modes are made RGB first", arguments: ImageCorruption.all)
    func modes(corruption: ImageCorruption) throws {
        let palette = try Bitmap(decoding: Fixture.palettePNG, name: "palette.png")
        let cmyk = try Bitmap(decoding: Fixture.cmykJPEG, name: "cmyk.jpg")
        let deep = try Bitmap(decoding: Fixture.grey16PNG, name: "16.png")
        #expect(palette.mode == .palette && cmyk.mode == .cmyk && deep.mode == .grey16)
        for image in [palette, cmyk, deep, Fixture.picture.grey(), Fixture.picture.rgba()] {
            let spoiled = try corruption(image, seed: 8, index: 1)
            #expect(try spoiled == corruption(image.rgb(), seed: 8, index: 1), "\(image.mode)")
        }
    }

    @Test("black becomes grey when its value rises, and white stays white")
    func brightness() throws {
        let image = Bitmap(rgb: [0, 0, 0, 255, 255, 255, 100, 50, 0], width: 3, height: 1)
        let spoiled = try ImageCorruption(.brightness, severity: 2)(image, seed: 0, index: 0)
        #expect(spoiled.pixels == [51, 51, 51, 255, 255, 255, 151, 76, 0])
    }

    @Test("noise has the deviation and no bias where nothing is clipped")
    func noise() throws {
        let grey = Bitmap(rgb: [UInt8](repeating: 128, count: 3 * 40_000), width: 200, height: 200)
        let spoiled = try ImageCorruption(.gaussianNoise, severity: 1)(grey, seed: 0, index: 0)
        let errors = spoiled.pixels.map { Double($0) - 128 }
        let mean = errors.reduce(0, +) / Double(errors.count)
        let variance = errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(errors.count)
        // Five standard errors of 120,000 numbers.
        #expect(abs(mean) < 5 * 20.4 / 346)
        #expect(abs(variance.squareRoot() - 0.08 * 255) < 5 * 20.4 / 490)
    }

    @Test("what a side of more than 65500 pixels keeps from being a JPEG is said in one line")
    func tooLong() throws {
        let image = Bitmap(grey: [UInt8](repeating: 9, count: 65501), width: 65501, height: 1)
        let error = #expect(throws: ImagingError.self) {
            try ImageCorruption(.jpeg, severity: 1)(image, seed: 0, index: 0, name: "a.png")
        }
        #expect(
            error?.description
                == "a.png: expected at most 65500 pixels a side for a JPEG image, found 65501×1")
    }

    @Test("every kind comes in five strengths, in order")
    func all() {
        #expect(ImageCorruption.all.count == 30)
        #expect(ImageCorruption.all.prefix(2).map(\.description) == ["gaussian_blur 1", "gaussian_blur 2"])
        #expect(ImageCorruption(.jpeg, severity: 5).strength == 7)
    }
}
