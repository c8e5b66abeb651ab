import CLIPCheckpoints
import CLIPImaging
import CLIPSmallModel
import CLIPTensor
import CLIPTestSupport
import Testing

struct PreprocessCommandTests {
    private let model: SmallModelFolder
    private let samples: SampleImages

    init() throws {
        model = try SmallModelFolder()
        samples = try SampleImages()
    }

    @Test("the array has each image's pixels as the image tower sees them, bit by bit")
    func pixels() throws {
        let output = samples.folder.path("p.npy")
        let images = try (0..<40).map { try samples.image($0) }
        let result = try Tool.run(["preprocess", "--model", model.path, "--output", output] + images)
        #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
        let preprocessing = try ModelFolder(opening: model.path).preprocessing
        let array = try NumpyFile.read(output)
        #expect(array.shape == [40, 3, SmallModelFolder.imageSize, SmallModelFolder.imageSize])
        #expect(array.dtype == .float32)
        let expected = (0..<40).flatMap { preprocessing(SampleImages.bitmap($0)) }
        #expect(try array.elements(as: Float.self) == expected)
    }

    @Test("bad images have no row, and the status is 65")
    func badImages() throws {
        let output = samples.folder.path("p.npy")
        let images = try samples.bad().map(\.path) + [samples.image(0)]
        let result = try Tool.run(["preprocess", "--model", model.path, "--output", output] + images)
        #expect(result.status == 65 && result.errors.contains("row 0 is input 6"))
        #expect(try NumpyFile.read(output).shape[0] == 1)
    }

    @Test("another suffix is wrong usage, a model that is not there no input")
    func refusals() throws {
        let image = try samples.image(0)
        #expect(try Tool.run(["preprocess", "--model", model.path, "--output", "p.png", image]).status == 64)
        #expect(try Tool.run(["preprocess", "--model", "/no/such", "--output", "/tmp/p.npy", image]).status == 66)
    }
}
