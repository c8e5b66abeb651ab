package import CLIP
package import CLIPData
internal import CLIPImaging

/// Zero-shot classification of a set: what is asked, and how it is answered by a model.
package struct ZeroShotTask: Sendable {
    /// The images.
    package let set: any LabelledImages
    /// The classes in the set's order, with their sentences.
    package let classes: [ClassPrompts]
    /// Images that the probabilities are calibrated on.
    package var calibration: CalibrationSource?
    package var bootstrap = Bootstrap()

    /// Where the images for a calibration come from.
    package enum CalibrationSource: Sendable {
        /// The set itself: each half, drawn from a seed, is measured by what was fitted on the other.
        case halves(seed: UInt64)
        /// Another set, whose classes have the same names.
        case other(any LabelledImages)
    }

    package init(_ set: any LabelledImages, classes: [ClassPrompts]) {
        (self.set, self.classes) = (set, classes)
    }

    /// What came of it.
    package struct Answer: Sendable {
        package var result: ZeroShotResult
        /// The images of the set that count, by their index.
        package var kept: [Int]
        package var failures: [ImageFailure]
        /// What was fitted, and on how many images.
        package var calibration: (fitted: Calibration, images: Int)?
        /// Images for the calibration whose class the set does not have.
        package var strangers = 0
    }

    /// Asks a model.
    ///
    /// - Throws: ``EvaluationError`` where there is nothing to tell apart or nothing to fit on; what the towers throw.
    package func answer(
        by clip: CLIPEncoder, _ features: FeatureExtractor, _ worker: TensorWorker, onProgress: (Int) -> Void
    ) async throws -> Answer {
        guard classes.count > 1 else {
            throw EvaluationError("\(set.name): expected at least two classes to tell apart, found one")
        }
        let rows = try await features.embeddings(of: classes.flatMap(\.prompts))
        let weights = ZeroShotClassifier(classes, rows: rows).weights
        let images = try await features.features(of: set, onProgress: onProgress)
        guard !images.kept.isEmpty else {
            throw EvaluationError("\(set.name): expected images that can be read, found none")
        }
        let scale = try await clip.logitFactor()
        let others: (LabelledRows, strangers: Int)? =
            if case .other(let other) = calibration { try await labelledRows(of: other, features) } else { nil }
        return try await worker { try answer(images, weights, scale, others) }
    }

    /// Rows of length 1 and the class of each.
    private typealias LabelledRows = (rows: Embeddings, truths: [Int])

    /// The images of another set, their classes told by their names; and how many are of classes that this set lacks.
    private func labelledRows(
        of other: any LabelledImages, _ features: FeatureExtractor
    ) async throws -> (LabelledRows, strangers: Int) {
        let known = try await features.features(of: other, onProgress: { _ in })
        let places = Dictionary(set.classes.enumerated().map { ($1, $0) }) { first, _ in first }
        let pairs = known.kept.enumerated().compactMap { row, index in
            places[other.classes[other.labels(at: index)[0]]].map { (row, $0) }
        }
        return ((known.embeddings.rows(pairs.map(\.0)), pairs.map(\.1)), known.kept.count - pairs.count)
    }

    private func answer(
        _ images: ExtractedImages, _ weights: Embeddings, _ scale: Double, _ others: (LabelledRows, strangers: Int)?
    ) throws -> Answer {
        if set.isMultiLabel {
            let labels = images.kept.map(set.labels)
            let result = try ZeroShotResult(images.embeddings, classes, weights: weights, labels: labels)
            return Answer(result: result, kept: images.kept, failures: images.failures)
        }
        let own: LabelledRows = (images.embeddings, images.kept.map { set.labels(at: $0)[0] })
        var fitted: (fitted: Calibration, images: Int)?
        var calibrated: Reliability?
        if case .halves(let seed) = calibration {
            // What is kept is fitted on all images, and what is reported never on the image itself.
            fitted = (try fit(own, weights, scale), own.truths.count)
            calibrated = try crossFitted(own, weights, scale, seed)
        } else if let others {
            let found = try fit(others.0, weights, scale)
            fitted = (found, others.0.truths.count)
            calibrated = try Reliability(own.rows, classes: weights, truths: own.truths, scale: found.scale)
        }
        let result = try ZeroShotResult(
            own.rows, classes, weights: weights, truths: own.truths, scale: scale, calibrated: calibrated,
            bootstrap: bootstrap)
        return Answer(
            result: result, kept: images.kept, failures: images.failures, calibration: fitted,
            strangers: others?.strangers ?? 0)
    }

    /// What the probabilities of each half of the images mean with what was fitted on the other half.
    private func crossFitted(
        _ images: LabelledRows, _ weights: Embeddings, _ scale: Double, _ seed: UInt64
    ) throws -> Reliability {
        var generator = SeededGenerator(seed: seed)
        let shuffled = images.rows.indices.shuffled(using: &generator)
        let halves = [shuffled.prefix(shuffled.count / 2), shuffled.dropFirst(shuffled.count / 2)].map { $0.sorted() }
        func part(_ half: [Int]) -> LabelledRows { (images.rows.rows(half), half.map { images.truths[$0] }) }
        var confidences = [Float](repeating: 0, count: shuffled.count)
        var isRight = [Bool](repeating: false, count: shuffled.count)
        for (half, other) in [(halves[0], halves[1]), (halves[1], halves[0])] {
            let (measured, found) = (part(half), try fit(part(other), weights, scale))
            let reliability = try Reliability(
                measured.rows, classes: weights, truths: measured.truths, scale: found.scale)
            for (place, image) in half.enumerated() {
                (confidences[image], isRight[image]) = (reliability.confidences[place], reliability.isRight[place])
            }
        }
        return Reliability(confidences: confidences, isRight: isRight)
    }

    private func fit(_ images: LabelledRows, _ weights: Embeddings, _ scale: Double) throws -> Calibration {
        guard Set(images.truths).count > 1 else {
            throw EvaluationError(
                "\(set.name): expected images of at least two classes to calibrate on, found "
                    + (images.truths.isEmpty ? "none" : "one class"))
        }
        return try Calibration(fitting: images.rows, classes: weights, truths: images.truths, scale: scale)
    }
}

extension FeatureExtractor {
    /// Features of a set of images with classes.
    package func features(
        of set: any LabelledImages, variant: ImageVariant? = nil, onProgress: (Int) -> Void
    ) async throws -> ExtractedImages {
        try await features(
            of: set.count, name: { set.name(at: $0) }, image: { try set.image(at: $0) }, variant: variant,
            onProgress: onProgress)
    }

    /// Features of a set of images with captions.
    package func features(
        of set: any StoredPairs, onProgress: (Int) -> Void
    ) async throws -> ExtractedImages {
        try await features(
            of: set.count, name: { set.name(at: $0) }, image: { .file(try set.imageBytes(at: $0)) },
            onProgress: onProgress)
    }
}

extension Embeddings {
    /// Some rows, in the order of their numbers.
    package func rows(_ numbers: [Int]) -> Embeddings {
        if numbers == Array(indices) { return self }
        return Embeddings(width: width, values: numbers.flatMap { self[$0] })
    }
}
