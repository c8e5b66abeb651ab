import CLIP
import CLIPSmallModel
import Foundation
import Testing

struct ZeroShotTests {
    private let model: SmallModelFolder

    init() throws { model = try SmallModelFolder() }

    @Test("probabilities are the softmax over scaled cosines with averaged sentences")
    func probabilities() async throws {
        let clip = try await CLIPEncoder(model: model.path)
        let labels = ["red square", "dog", "cat"]
        let templates: [PromptTemplate] = ["a photo of a {}", "{}", "a {} and a {}"]
        let image = ImageSource.bitmap(SampleImages.bitmap(2))
        let found = try await clip.classify([image], labels: labels, templates: templates)

        var weights = Embeddings(width: clip.width)
        for label in labels {
            weights.append(try await clip.embed(texts: templates.map { $0(label) }).mean().normalized())
        }
        let cosines = try await clip.embed(images: [image]).similarities(to: weights)[0]
        // The scale of a model that was not trained is 1/0.07.
        let powers = cosines.map { exp(Double($0) / 0.07) }
        let expected = powers.map { $0 / powers.reduce(0, +) }
        for (label, probability) in zip(labels, expected) {
            let entry = try #require(found[0].entries.first { $0.label == label })
            #expect(abs(Double(entry.probability) - probability) < 1e-5)
        }
        let sorted = found[0].entries.map(\.probability).sorted(by: >)
        #expect(found[0].entries.map(\.probability) == sorted)
    }

    @Test("every {} of a template stands for the label")
    func templates() throws {
        #expect(try PromptTemplate(parsing: "a {}, only a {}")("dog") == "a dog, only a dog")
        #expect(PromptTemplate.label("dog") == "dog")
    }

    @Test("a template without {} is refused")
    func badTemplate() {
        #expect(throws: PromptError.self) { try PromptTemplate(parsing: "a photo") }
    }

    @Test("no labels and no templates are refused")
    func nothing() async throws {
        let clip = try await CLIPEncoder(model: model.path)
        await #expect(throws: PromptError.self) { try await clip.classifier(labels: []) }
        await #expect(throws: PromptError.self) { try await clip.classifier(labels: ["a"], templates: []) }
    }
}
