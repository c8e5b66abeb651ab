public import CLIPCheckpoints
internal import CLIPTokenization
internal import Foundation

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
        return try await classifier(labels.map { ClassPrompts(label: $0, templates: templates) })
    }

    /// The same for classes with sentences of their own.
    public nonisolated func classifier(_ classes: [ClassPrompts]) async throws -> ZeroShotClassifier {
        guard !classes.isEmpty else { throw PromptError(description: "expected at least one class, found none") }
        return ZeroShotClassifier(classes, rows: try await embed(texts: classes.flatMap(\.prompts)))
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

    /// Classifies embedded images: for each row of length 1, the softmax over its scaled cosines with the labels, by the
    /// calibration's factor where the classifier has one.
    public nonisolated func classify(
        _ images: Embeddings, with classifier: ZeroShotClassifier
    ) async throws -> [Classification] {
        guard !images.isEmpty else { return [] }
        if let calibration = classifier.calibration { return try await classify(images, with: classifier, calibration) }
        return try await probabilities(images, classifier.weights).map {
            Classification(labels: classifier.labels, probabilities: $0)
        }
    }

    /// The softmax over cosines times the fitted factor, and whether the best cosine is high enough.
    private nonisolated func classify(
        _ images: Embeddings, with classifier: ZeroShotClassifier, _ calibration: Calibration
    ) async throws -> [Classification] {
        try await cosines(images, classifier.weights).map { cosines in
            let best = Double(cosines.max() ?? 0)
            let exponentials = cosines.map { exp(calibration.scale * (Double($0) - best)) }
            let sum = exponentials.reduce(0, +)
            return Classification(
                labels: classifier.labels, probabilities: exponentials.map { Float($0 / sum) },
                isNone: calibration.leastCosine.map { best < $0 })
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
