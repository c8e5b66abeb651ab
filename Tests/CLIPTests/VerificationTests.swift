import CLIP
import CLIPCheckpoints
import CLIPImaging
import CLIPModels
import CLIPSmallModel
import CLIPTensor
import CLIPTestSupport
import CLIPTokenization
import Testing

@Suite("Holding a model against published numbers")
struct VerificationTests {
    private let folder: SmallModelFolder

    init() throws { folder = try SmallModelFolder() }

    /// Numbers that were "published" for a picture of the samples.
    private func golden(_ expected: [Float], _ kind: GoldenNumbers.Kind) -> GoldenNumbers {
        let picture = SampleImages.bitmap(1)
        return GoldenNumbers(
            source: "a paper", weights: "its weights", image: "dog.png", imageSize: (picture.width, picture.height),
            texts: ["a dog", "a cat"], kind: kind, expected: expected, tolerance: 1e-4, fits: { _ in true })
    }

    private func probabilities(_ clip: CLIPEncoder) async throws -> [Float] {
        let found = try await clip.classify([.bitmap(SampleImages.bitmap(1))], labels: ["a dog", "a cat"])[0]
        return ["a dog", "a cat"].map { label in found.entries.first { $0.label == label }?.probability ?? .nan }
    }

    @Test("The right numbers pass, others fail, and what is not given is not compared")
    func numbers() async throws {
        let clip = try await CLIPEncoder(model: folder.path)
        let expected = try await probabilities(clip)
        let images = ["dog.png": SampleImages.bitmap(1)]
        let right = try await clip.verify(images: images, against: [golden(expected, .probabilities)])
        #expect(right.isPassed && right.checks.last?.result == .passed)
        let other = expected.map { $0 + 0.01 }
        let wrong = try await clip.verify(images: images, against: [golden(other, .probabilities)])
        #expect(!wrong.isPassed && wrong.checks.last?.result == .failed)
        let logits = try await clip.verify(images: images, against: [golden(expected, .logits)])
        #expect(!logits.isPassed)
        let nothing = try await clip.verify(images: [:], against: [golden(other, .probabilities)])
        #expect(nothing.isPassed && nothing.checks.last?.result == .skipped)
        let strange = ["dog.png": Bitmap(rgb: [0, 0, 0], width: 1, height: 1)]
        let size = try await clip.verify(images: strange, against: [golden(other, .probabilities)])
        #expect(size.checks.last?.found.contains("is 1×1 and not") == true)
    }

    @Test("A weight that is no number fails by its name")
    func infinite() async throws {
        let model = try ModelFolder(opening: folder.path).model()
        let tokenizer = try ModelFolder(opening: folder.path).bytePairTokenizer()
        try withoutGradients {
            let weight = try #require(model.parameters.first { $0.name == "transformer.resblocks.1.ln_2.weight" })
            try weight.tensor.copy(from: Tensor.full(weight.tensor.shape, .nan))
        }
        let path = try TemporaryFolder()
        try ModelFolder.write(
            model, vocabulary: tokenizer.vocabulary, preprocessing: .openAI(size: SmallModelFolder.imageSize),
            to: path.path("model"))
        let clip = try await CLIPEncoder(model: path.path("model"))
        let checks = try await clip.verify().checks
        #expect(checks[0].result == .failed)
        #expect(checks[0].found.hasPrefix("transformer.resblocks.1.ln_2.weight and 0 more"))
    }
}
