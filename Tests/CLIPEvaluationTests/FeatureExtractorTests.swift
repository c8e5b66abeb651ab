import CLIP
import CLIPData
import CLIPEvaluation
import CLIPFiles
import CLIPImaging
import CLIPSmallModel
import CLIPTestSupport
import Foundation
import Testing

/// Features of images by a small model with random weights.
struct FeatureExtractorTests {
    private let folder: TemporaryFolder
    private let model: SmallModelFolder

    init() throws {
        folder = try TemporaryFolder()
        model = try SmallModelFolder()
    }

    private var cache: String { folder.path("cache") }

    private func extractor(_ change: (inout CLIPEncoder.Options) -> Void = { _ in }) async throws -> FeatureExtractor {
        var options = CLIPEncoder.Options()
        options.batchSize = 4
        change(&options)
        return try await FeatureExtractor(CLIPEncoder(model: model.path, options: options), cache: cache)
    }

    private func features(
        _ numbers: [Int], _ extractor: FeatureExtractor, variant: ImageVariant? = nil
    ) async throws -> (ExtractedImages, progress: Int) {
        var progress = 0
        let image: @Sendable (Int) throws -> StoredImage = { index in
            guard numbers[index] >= 0 else { return .file([1, 2, 3]) }
            return .file(Array(try SampleImages.bitmap(numbers[index]).pngData()))
        }
        let images = try await extractor.features(
            of: numbers.count, name: { "image \($0)" }, image: image, variant: variant,
            onProgress: { progress += $0 })
        return (images, progress)
    }

    @Test("rows are those of the encoder, from the towers and then from the cache")
    func cached() async throws {
        let clip = try await CLIPEncoder(model: model.path)
        let expected = try await clip.embed(images: (0..<6).map { .bitmap(SampleImages.bitmap($0)) })
        let (first, progress) = try await features(Array(0..<6), extractor())
        #expect(first.cached == 0 && progress == 6 && first.kept == Array(0..<6))
        #expect(zip(first.embeddings.values, expected.values).allSatisfy { abs($0 - $1) < 1e-5 })
        let (second, again) = try await features(Array(0..<6), extractor())
        #expect(second.cached == 6 && again == 6)
        #expect(second.embeddings == first.embeddings && second.pooled == first.pooled)
    }

    @Test("an image that occurs twice is embedded once, and one that cannot be read fails in all its places")
    func copies() async throws {
        let (found, progress) = try await features([3, -1, 3, 4, -1], extractor())
        #expect(found.kept == [0, 2, 3] && found.failures.map(\.position) == [1, 4] && progress == 5)
        #expect(found.failures.map(\.name) == ["image 1", "image 4"])
        #expect(found.embeddings[0] == found.embeddings[1] && found.embeddings[0] != found.embeddings[2])
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache).count == 1)
        let (_, again) = try await features([4, 3], extractor())
        #expect(again == 2)
    }

    @Test("what was embedded before a stop is not embedded again")
    func resumption() async throws {
        let extractor = try await extractor()
        let work = Task {
            try await extractor.features(
                of: 40, name: { "\($0)" }, image: { .file(Array(try SampleImages.bitmap($0).pngData())) },
                onProgress: { _ in withUnsafeCurrentTask { $0?.cancel() } })
        }
        await #expect(throws: CancellationError.self) { try await work.value }
        let (found, _) = try await features(Array(0..<40), extractor)
        #expect((4..<40).contains(found.cached) && found.kept.count == 40)
    }

    @Test("a variant has rows of its own, and a model used otherwise too")
    func variants() async throws {
        let plain = try await features([1, 2], extractor()).0
        let turned = ImageVariant(name: "white") { image, _ in
            Bitmap(
                rgb: [UInt8](repeating: 255, count: 3 * image.width * image.height), width: image.width,
                height: image.height)
        }
        let white = try await features([1, 2], extractor(), variant: turned).0
        #expect(white.cached == 0 && white.embeddings != plain.embeddings)
        let half = try await features([1, 2], extractor { $0.precision = .bfloat16 }).0
        #expect(half.cached == 0)
        try model.spoil()
        let error = await #expect(throws: (any Error).self) { try await features([1, 2], extractor()) }
        #expect("\(try #require(error))".contains("finite"))
    }

    @Test("sentences are embedded once, whatever their order")
    func sentences() async throws {
        let extractor = try await extractor()
        var embedded = 0
        let first = try await extractor.embeddings(of: ["a dog", "a cat", "a dog"]) { embedded += $0 }
        #expect(embedded == 2 && first[0] == first[2] && first.count == 3)
        let again = try await self.extractor().embeddings(of: ["a cat", "a dog"]) { embedded += $0 }
        #expect(embedded == 2 && again[1] == first[0])
        let clip = try await CLIPEncoder(model: model.path)
        let expected = try await clip.embed(texts: ["a dog"])
        #expect(zip(first[0], expected[0]).allSatisfy { abs($0 - $1) < 1e-5 })
    }
}
