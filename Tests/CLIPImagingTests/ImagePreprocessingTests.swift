import CLIPImaging
import Foundation
import Testing

@Suite("Preprocessing")
struct ImagePreprocessingTests {
    @Test("only the pixels that survive the crop are computed, with the same result")
    func windowed() {
        let whole = Fixture.picture.resized(width: 24, height: 18).cropped(x: 3, y: 0, width: 18, height: 18)
        #expect(ImagePreprocessing.openAI(size: 18).pixels(of: Fixture.picture) == whole)
    }

    @Test("an odd rest is halved to the even side, or down")
    func rounding() {
        // 16×12 to 28×21: a rest of 7, whose half lies between 3 and 4.
        let resized = Fixture.picture.resized(width: 28, height: 21)
        #expect(
            ImagePreprocessing.openAI(size: 21).pixels(of: Fixture.picture)
                == resized.cropped(x: 4, y: 0, width: 21, height: 21))
        #expect(
            ImagePreprocessing.huggingFace(size: 21).pixels(of: Fixture.picture)
                == resized.cropped(x: 3, y: 0, width: 21, height: 21))
    }

    @Test("a very long image costs no more than another")
    func long() {
        let image = Bitmap(grey: Array(repeating: 7, count: 60_000), width: 1, height: 60_000)
        let pixels = ImagePreprocessing.openAI(size: 224).pixels(of: image)
        #expect(pixels.pixels == Array(repeating: 7, count: 224 * 224 * 3))
    }

    @Test("normalisation divides, subtracts and divides in single precision, channel after channel")
    func normalization() {
        let preprocessing = ImagePreprocessing.openAI(size: 12)
        let pixels = preprocessing.pixels(of: Fixture.picture).pixels
        let floats = preprocessing(Fixture.picture)
        for index in 0..<floats.count {
            let (channel, pixel) = (index / 144, index % 144)
            let sample = Float(pixels[3 * pixel + channel]) / 255
            let expected = (sample - preprocessing.mean[channel]) / preprocessing.std[channel]
            #expect(floats[index] == expected)
        }
        var batch = [Float](repeating: .nan, count: 2 * floats.count)
        batch.withUnsafeMutableBufferPointer { batch in
            preprocessing(Fixture.picture, into: UnsafeMutableBufferPointer(rebasing: batch[floats.count...]))
        }
        #expect(Array(batch[floats.count...]) == floats)
        #expect(batch[..<floats.count].allSatisfy { $0.isNaN })
    }

    @Test("the longest mode shows the whole image and fills the rest")
    func longest() {
        let preprocessing = ImagePreprocessing(height: 16, width: 16, resizeMode: .longest, fill: 5)
        let pixels = preprocessing.pixels(of: Fixture.picture)
        #expect(pixels.cropped(x: 0, y: 2, width: 16, height: 12) == Fixture.picture)
        #expect(pixels.cropped(x: 0, y: 14, width: 16, height: 2).pixels.allSatisfy { $0 == 5 })
    }

    @Test("a configuration survives JSON")
    func coding() throws {
        for preprocessing in [ImagePreprocessing.openAI(), .huggingFace(size: 336), .sigLIP(size: 256)] {
            let data = try JSONEncoder().encode(preprocessing)
            #expect(try JSONDecoder().decode(ImagePreprocessing.self, from: data) == preprocessing)
        }
    }

    @Test(
        "a configuration that cannot be is refused",
        arguments: [
            #"{"height": 0, "width": 224}"#, #"{"height": 224}"#, #"{"height": 224, "width": 100000}"#,
            #"{"height": 224, "width": 224, "mean": [1, 2]}"#, #"{"height": 224, "width": 224, "resizeMode": "x"}"#,
            #"{"height": 224, "width": 224, "shortestEdge": -1}"#,
        ])
    func refused(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ImagePreprocessing.self, from: Data(text.utf8))
        }
    }

    @Test("what a configuration leaves out has its default")
    func defaults() throws {
        let text = Data(#"{"height": 64, "width": 64}"#.utf8)
        #expect(try JSONDecoder().decode(ImagePreprocessing.self, from: text) == .openAI(size: 64))
    }
}
