import CLIPTokenization

/// A small vocabulary of the tests' own.
enum LearnedVocabulary {
    static let captions = [
        "a photo of a cat", "a photo of two cats", "a photo of the dog", "a dog to the left of a cat",
        "the cat's photo isn't here", "café au lait on a table", "naïve café", "photo photo photo", "猫の写真",
    ]

    /// Learned from the captions, as large as they allow below a size.
    static func learn(size: Int = 600, captions: some Sequence<String> = captions) throws -> BPEVocabulary {
        var learner = VocabularyLearner()
        for caption in captions { learner.add(caption) }
        return try learner.learn(vocabularySize: size)
    }
}
