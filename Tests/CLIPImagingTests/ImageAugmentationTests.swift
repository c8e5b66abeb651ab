import CLIPImaging
import Foundation
import Testing

@Suite("Augmentation")
struct ImageAugmentationTests {
    private let everything = ImageAugmentation(
        scale: 0.2...1, flipProbability: 0.5,
        jitter: ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1), greyProbability: 0.2)

    private func run(_ augmentation: ImageAugmentation, seed: UInt64) -> Bitmap {
        var generator = SeededGenerator(seed: seed)
        return augmentation(Fixture.picture, width: 9, height: 8, using: &generator)
    }

    @Test("the same seed gives the same image, another seed another")
    func deterministic() {
        #expect(run(everything, seed: 1) == run(everything, seed: 1))
        #expect(Set((0..<20).map { run(everything, seed: $0) }).count == 20)
    }

    @Test("the result is RGB of the target size")
    func size() {
        for seed in 0..<50 {
            let image = run(everything, seed: UInt64(seed))
            #expect((image.width, image.height, image.mode) == (9, 8, .rgb))
        }
    }

    @Test("the whole image at scale and ratio 1 is the image")
    func identity() {
        var generator = SeededGenerator(seed: 3)
        let square = Fixture.picture.cropped(x: 0, y: 0, width: 12, height: 12)
        let augmentation = ImageAugmentation(scale: 1...1, ratio: 1...1)
        #expect(augmentation(square, width: 12, height: 12, using: &generator) == square)
    }

    @Test("proportions beyond every number of pixels still give a crop", arguments: [1e-300, 1e-30, 1e30, 1e300])
    func hugeProportions(ratio: Double) {
        var generator = SeededGenerator(seed: 3)
        let result = ImageAugmentation(ratio: ratio...ratio)(Fixture.picture, width: 9, height: 8, using: &generator)
        #expect((result.width, result.height) == (9, 8))
    }

    @Test("a file may not ask for a proportion below one in a thousand")
    func decodedProportions() {
        let text = Data(#"{"ratio": [1e-300, 1]}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ImageAugmentation.self, from: text) }
    }

    @Test("extreme proportions fall back to the centre")
    func extreme() {
        var generator = SeededGenerator(seed: 3)
        let line = Bitmap(grey: Array(repeating: 50, count: 4000), width: 4000, height: 1)
        let image = ImageAugmentation()(line, width: 4, height: 4, using: &generator)
        #expect(image.pixels == Array(repeating: 50, count: 48))
    }

    @Test("flips and grey happen as often as they are asked for")
    func probabilities() {
        let flipping = ImageAugmentation(scale: 1...1, ratio: 4.0 / 3...4.0 / 3, flipProbability: 0.3)
        let plain = Fixture.picture.resized(width: 9, height: 8)
        let plainCount = (0..<500).count { run(flipping, seed: UInt64($0)) == plain }
        #expect((300...400).contains(plainCount))
        let grey = ImageAugmentation(greyProbability: 1)
        #expect(
            stride(from: 0, to: 9 * 8 * 3, by: 3).allSatisfy { index in
                let pixels = run(grey, seed: 5).pixels
                return pixels[index] == pixels[index + 1] && pixels[index] == pixels[index + 2]
            })
    }

    @Test("a jitter of nothing changes nothing, a full turn of hue little")
    func jitter() {
        var generator = SeededGenerator(seed: 3)
        #expect(ColorJitter()(Fixture.picture, using: &generator) == Fixture.picture)
        for _ in 0..<20 {
            let turned = ColorJitter(hue: 0.5)(Fixture.picture, using: &generator)
            let values = stride(from: 0, to: turned.pixels.count, by: 3).map { turned.pixels[$0..<$0 + 3].max() }
            let before = stride(from: 0, to: turned.pixels.count, by: 3).map {
                Fixture.picture.pixels[$0..<$0 + 3].max()
            }
            #expect(values == before)
        }
    }

    @Test("the generator gives the published numbers of SplitMix64")
    func generator() {
        var generator = SeededGenerator(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in generator.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
        var (first, second) = (SeededGenerator(seed: 1, stream: 0), SeededGenerator(seed: 1, stream: 1))
        #expect(first.next() != second.next())
    }

    @Test("a configuration survives JSON, and what it leaves out has its default")
    func coding() throws {
        let data = try JSONEncoder().encode(everything)
        #expect(try JSONDecoder().decode(ImageAugmentation.self, from: data) == everything)
        let partial = Data(#"{"scale": [0.5, 1], "jitter": {"hue": 0.1}}"#.utf8)
        #expect(
            try JSONDecoder().decode(ImageAugmentation.self, from: partial)
                == ImageAugmentation(scale: 0.5...1, jitter: ColorJitter(hue: 0.1)))
    }

    @Test(
        "a configuration that cannot be is refused",
        arguments: [
            #"{"scale": [0, 1]}"#, #"{"scale": [1, 0.5]}"#, #"{"scale": [0.5, 2]}"#, #"{"flip_probability": -1}"#,
            #"{"jitter": {"hue": 0.7}}"#, #"{"jitter": {"contrast": -0.1}}"#,
        ])
    func refused(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ImageAugmentation.self, from: Data(text.utf8))
        }
    }
}
