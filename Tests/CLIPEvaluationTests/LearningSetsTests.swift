import CLIP
import CLIPData
import CLIPEvaluation
import CLIPImaging
import CLIPSmallModel
import Foundation
import Testing

/// Images in memory with a class each.
private struct ImagesInMemory: LabelledImages {
    var name = "set"
    var classes: [String]
    var isMultiLabel = false
    var skipped = BadSamples()
    /// The number of each image and its class.
    var images: [(number: Int, label: Int)]

    var count: Int { images.count }
    func labels(at index: Int) -> [Int] { [images[index].label] }
    func name(at index: Int) -> String { "image \(index)" }
    func image(at index: Int) throws -> StoredImage { .pixels(SampleImages.bitmap(images[index].number)) }
}

struct LearningSetsTests {
    private let model: SmallModelFolder

    init() throws { model = try SmallModelFolder() }

    private func extractor() async throws -> FeatureExtractor {
        try await FeatureExtractor(CLIPEncoder(model: model.path), cache: nil)
    }

    private func set(_ classes: [String], _ labels: [Int]) -> ImagesInMemory {
        ImagesInMemory(classes: classes, images: labels.enumerated().map { (number: $0, label: $1) })
    }

    @Test("classes are told by their names, and images of others do not count")
    func names() async throws {
        let sets = try LearningSets(
            train: set(["cat", "dog"], [0, 1, 0]), validation: nil, test: set(["bird", "dog", "cat"], [2, 0, 1, 2]))
        let found = try await sets.features(by: extractor(), onProgress: { _ in })
        #expect(found.embeddings.test.labels == [0, 1, 0] && found.tested == [0, 2, 3] && found.strangers == 1)
        #expect(found.embeddings.train.classes == ["cat", "dog"])
        #expect(found.pooled.train.features.width == (try await CLIPEncoder(model: model.path)).pooledWidth)
    }

    @Test("a class without a training image, one class alone and several classes an image are refused by name")
    func refusals() async throws {
        let missing = try LearningSets(train: set(["cat", "dog"], [0, 0]), validation: nil, test: set(["cat"], [0]))
        let error = await #expect(throws: EvaluationError.self) {
            try await missing.features(by: extractor(), onProgress: { _ in })
        }
        #expect(error?.description == "set: class \"dog\": expected at least one training image, found none")
        #expect(throws: EvaluationError.self) {
            try LearningSets(train: set(["cat"], [0]), validation: nil, test: set(["cat"], [0]))
        }
        var several = set(["cat", "dog"], [0, 1])
        several.isMultiLabel = true
        #expect(throws: EvaluationError.self) {
            try LearningSets(train: several, validation: nil, test: set(["cat"], [0]))
        }
    }

    @Test("a fifth of each class is set aside to choose by, the same for the same seed, and nothing of a class of one")
    func split() async throws {
        let labels = [Int](repeating: 0, count: 10) + [Int](repeating: 1, count: 5) + [2]
        let sets = try LearningSets(
            train: set(["cat", "dog", "cow"], labels), validation: nil, test: set(["cat"], [0]))
        let parts = try await sets.features(by: extractor(), onProgress: { _ in }).embeddings
        let (train, validation) = parts.split(seed: 1)
        #expect(train.countsByClass == [8, 4, 1] && validation.countsByClass == [2, 1, 0])
        #expect(
            parts.split(seed: 1).validation == validation
                && (2..<8).contains { parts.split(seed: $0).validation != validation })
    }
}
