public import CLIPCheckpoints
internal import CLIPTokenization

/// Classification without training (Radford et al. 2021, section 3.1).
extension CLIPEncoder {
    /// Makes a classifier for labels: the mean of each label's sentences, embedded and normalised, normalised again.
    ///
    /// Throws ``PromptError`` where there are no labels or no templates.
    public nonisolated func classifier(
        labels: [String], templates: [PromptTemplate] = [.label]
    ) async throws -> ZeroShotClassifier {
        guard !labels.isEmpty, !templates.isEmpty else {
            throw PromptError(description: "expected at least one label and one template, found none")
        }
        let prompts = labels.flatMap { label in templates.map { $0(label) } }
        let rows = try await embed(texts: prompts)
        var weights = Embeddings(width: width)
        for index in labels.indices {
            let range = index * templates.count * width..<(index + 1) * templates.count * width
            weights.append(Embeddings(width: width, values: Array(rows.values[range])).mean().normalized())
        }
        return ZeroShotClassifier(labels: labels, weights: weights)
    }

    /// Classifies images among labels, in the order of the images. Throws the error of the first that cannot be read.
    ///
    /// ```swift
    /// let found = try await clip.classify(["photo.jpg"], labels: ["dog", "cat"], templates: ["a photo of a {}"])
    /// print(found[0].best.label)
    /// ```
    public nonisolated func classify(
        _ images: [ImageSource], labels: [String], templates: [PromptTemplate] = [.label]
    ) async throws -> [Classification] {
        let classifier = try await classifier(labels: labels, templates: templates)
        return try await classify(embed(images: images), with: classifier)
    }

    /// Classifies embedded images: for each row of length 1, the softmax over its scaled cosines with the labels.
    public nonisolated func classify(
        _ images: Embeddings, with classifier: ZeroShotClassifier
    ) async throws -> [Classification] {
        guard !images.isEmpty else { return [] }
        return try await probabilities(images, classifier.weights).map {
            Classification(labels: classifier.labels, probabilities: $0)
        }
    }

    /// Classifies embedded images with a classifier that was trained: rows of length 1, as wide as the head's.
    ///
    /// Throws ``PromptError`` where the head is of another width.
    public nonisolated func classify(
        _ images: Embeddings, with head: ClassificationHead
    ) async throws -> [Classification] {
        guard head.width == width else {
            throw PromptError(
                description:
                    "expected a head over embeddings of \(width) numbers as the model gives, found \(head.width)")
        }
        guard !images.isEmpty else { return [] }
        return try await probabilities(images, head).map {
            Classification(labels: head.labels, probabilities: $0)
        }
    }
}

extension CLIPEncoder {
    /// Classifies embedded images with an adapter that was trained on a few images a class: rows of length 1, as wide as the
    /// adapter's.
    ///
    /// Throws ``PromptError`` where the adapter is of another width.
    public nonisolated func classify(
        _ images: Embeddings, with adapter: FewShotAdapter
    ) async throws -> [Classification] {
        guard adapter.width == width else {
            throw PromptError(
                description:
                    "expected an adapter of embeddings of \(width) numbers as the model gives, found \(adapter.width)")
        }
        guard !images.isEmpty else { return [] }
        return try await probabilities(images, adapter).map {
            Classification(labels: adapter.labels, probabilities: $0)
        }
    }
}
