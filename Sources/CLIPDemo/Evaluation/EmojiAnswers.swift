package import CLIP
internal import CLIPData
package import CLIPEvaluation

/// What a model answered, and how well.
package struct EmojiAnswers: Sendable {
    package let questions: EmojiQuestions
    /// The cosine of each scene's image (row) with each scene's caption (column).
    package let similarities: SimilarityMatrix
    /// Whether scenes tell their own captions from the mirrored ones.
    package let mirrored: CaptionChoice
    /// The kinds of the portraits.
    package let kinds: Accuracy
    /// For each portrait the probabilities of `kinds.guesses`, in the same order.
    package let probabilities: [[Double]]
    /// The captions that each image finds.
    package let imageToText: Retrieval
    /// The images that each caption finds.
    package let textToImage: Retrieval

    /// Asks a model. Takes seconds.
    package init(_ questions: EmojiQuestions, clip: CLIPEncoder) async throws {
        self.questions = questions
        similarities = try await SimilarityMatrix(
            clip.embed(scenes: questions.scenes), clip.embed(texts: questions.scenes.map(\.caption)))
        imageToText = Retrieval(pairs: similarities)
        textToImage = Retrieval(pairs: similarities.transposed)
        mirrored = CaptionChoice(
            images: try await clip.embed(scenes: questions.mirrored),
            captions: try await clip.embed(texts: questions.mirrored.map(\.caption)),
            falseCaptions: try await clip.embed(texts: questions.mirrored.map { $0.mirroredCaption ?? "" }))
        let classifier = try await clip.classifier(labels: questions.labels, templates: questions.templates)
        let portraits = try await clip.embed(scenes: questions.portraits)
        let cosines = try SimilarityMatrix(portraits, classifier.weights)
        kinds = Accuracy(cosines, truths: Array(questions.portraits.indices))
        let found = try await clip.classify(portraits, with: classifier)
        probabilities = zip(kinds.guesses, found).map { guesses, found in
            let labels = guesses.map { questions.labels[$0] }
            return labels.map { label in found.entries.first { $0.label == label }.map { Double($0.probability) } ?? 0 }
        }
    }
}

extension CLIPEncoder {
    /// The embeddings of scenes' pictures.
    fileprivate nonisolated func embed(scenes: [EmojiScene]) async throws -> Embeddings {
        try await embed(images: scenes.map { .bitmap($0.bitmap) })
    }
}
