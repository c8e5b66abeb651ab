package import CLIP
package import CLIPData
package import CLIPImaging
internal import CLIPTypography

/// How much a zero-shot classification suffers from spoiled images, from a wrong word on the image, and from the choice of
/// the sentence.
package struct RobustnessTask: Sendable {
    private let set: any LabelledImages
    private let classes: [ClassPrompts]
    private let templates: [PromptTemplate]
    private let seed: UInt64

    /// Sentences for the question how much their choice matters, where a user gives less than two.
    package static let usualTemplates: [PromptTemplate] = [
        "{}", "a photo of a {}", "a photo of the {}", "a picture of a {}", "an image of a {}", "a good photo of a {}",
        "a close-up photo of a {}", "a photo of one {}",
    ]

    /// - Parameters:
    ///   - classes: The classes in the set's order, with the sentences that spoiled images are asked with.
    ///   - templates: Sentences that are compared, each alone; at least two.
    ///   - seed: What noise, turns and wrong words are drawn by.
    package init(
        _ set: any LabelledImages, classes: [ClassPrompts], templates: [PromptTemplate], seed: UInt64
    ) throws {
        guard !set.isMultiLabel else {
            throw EvaluationError("\(set.name): expected images of one class each, found several")
        }
        guard classes.count > 1 else {
            throw EvaluationError("\(set.name): expected at least two classes to tell apart, found one")
        }
        (self.set, self.classes, self.seed) = (set, classes, seed)
        self.templates = templates.count > 1 ? templates : Self.usualTemplates
    }

    /// What came of it.
    package struct Answer: Sendable {
        /// The accuracy of the images as they are.
        package var clean: Figure
        /// The accuracy of each kind of damage at each strength.
        package var corruptions: [(corruption: ImageCorruption, accuracy: Double)]
        /// The accuracy with the name of a wrong class on each image, and how often that class is found then.
        package var attacked: Double
        package var deceived: Double
        /// The accuracy of each sentence alone.
        package var sentences: [(template: String, accuracy: Double)]
        /// The images that count.
        package var images: Int
        package var failures: [ImageFailure]

        /// The mean over all strengths of a kind.
        package func mean(_ kind: ImageCorruption.Kind) -> Double {
            let own = corruptions.filter { $0.corruption.kind == kind }.map(\.accuracy)
            return own.reduce(0, +) / Double(max(1, own.count))
        }

        /// The figures of all that.
        package var figures: [Figure] {
            let all = sentences.map(\.accuracy)
            let mean = corruptions.reduce(0) { $0 + $1.accuracy } / Double(max(1, corruptions.count))
            return [clean, Figure("acc1_corrupted", mean)]
                + ImageCorruption.Kind.allCases.map { Figure("acc1_\($0.rawValue)", self.mean($0)) } + [
                    Figure("acc1_typographic_attack", attacked), Figure("typographic_attack_success", deceived),
                    Figure("acc1_worst_template", all.min() ?? 0), Figure("acc1_best_template", all.max() ?? 0),
                ]
        }
    }

    /// How often the images are embedded.
    package static let passes = 2 + ImageCorruption.all.count

    /// Asks a model.
    package func answer(
        by clip: CLIPEncoder, _ extractor: FeatureExtractor, bootstrap: Bootstrap, onProgress: (Int) -> Void
    ) async throws -> Answer {
        let face = try Typeface()
        let weights = try await weights(classes, extractor)
        let clean = try await extractor.features(of: set, onProgress: onProgress)
        guard !clean.kept.isEmpty else {
            throw EvaluationError("\(set.name): expected images that can be read, found none")
        }
        let truths = clean.kept.map { set.labels(at: $0)[0] }
        let accuracy = try Accuracy(clean.embeddings, classes: weights, truths: truths)
        var corruptions: [(ImageCorruption, Double)] = []
        for corruption in ImageCorruption.all {
            let spoiled = try await extractor.features(
                of: set, variant: variant(corruption, clip.preprocessing), onProgress: onProgress)
            let labels = spoiled.kept.map { set.labels(at: $0)[0] }
            corruptions.append((corruption, try Accuracy(spoiled.embeddings, classes: weights, truths: labels).top(1)))
        }
        let attack = try await extractor.features(
            of: set, variant: attack(face, clip.preprocessing), onProgress: onProgress)
        let attacked = try Accuracy(
            attack.embeddings, classes: weights, truths: attack.kept.map { set.labels(at: $0)[0] })
        let deceived = zip(attack.kept, attacked.guesses).count { $1.first == wrongClass(of: $0) }
        var sentences: [(String, Double)] = []
        for template in templates {
            let single = zip(classes, set.synonyms).map {
                ClassPrompts(label: $0.label, names: [$1[0]], templates: [template])
            }
            let rows = try await self.weights(single, extractor)
            sentences.append((template.text, try Accuracy(clean.embeddings, classes: rows, truths: truths).top(1)))
        }
        let interval = bootstrap.intervals(of: truths.count) { [accuracy.top(1, $0)] }.first
        return Answer(
            clean: Figure("acc1", accuracy.top(1), interval), corruptions: corruptions, attacked: attacked.top(1),
            deceived: Double(deceived) / Double(max(1, attack.kept.count)), sentences: sentences,
            images: clean.kept.count, failures: clean.failures)
    }

    private func weights(_ classes: [ClassPrompts], _ extractor: FeatureExtractor) async throws -> Embeddings {
        ZeroShotClassifier(classes, rows: try await extractor.embeddings(of: classes.flatMap(\.prompts))).weights
    }

    private func variant(_ corruption: ImageCorruption, _ preprocessing: ImagePreprocessing) -> ImageVariant {
        ImageVariant(name: "\(corruption) \(seed)") { [seed, set] image, index in
            try corruption(preprocessing.pixels(of: image), seed: seed, index: index, name: set.name(at: index))
        }
    }

    private func attack(_ face: Typeface, _ preprocessing: ImagePreprocessing) -> ImageVariant {
        ImageVariant(name: "typographic attack \(seed)") { image, index in
            try preprocessing.pixels(of: image).drawing(
                set.synonyms[wrongClass(of: index)][0], in: face, box: TextBox(), seed: seed, index: index)
        }
    }

    /// The class whose name is drawn on an image: any but its own.
    private func wrongClass(of index: Int) -> Int {
        var generator = SeededGenerator(seed: seed, stream: UInt64(index))
        return (set.labels(at: index)[0] + 1 + generator.index(below: classes.count - 1)) % classes.count
    }
}
