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
    /// Whether images that allow no calibration are measured without one.
    package var isCalibrationOptional = false
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
        /// Why there is no calibration, where one was asked for that may be missing.
        package var calibrationFailure: String?
        /// Classes whose sentences are the same to the model, each with the one that they are not told from.
        package var twins: [(String, String)] = []
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
        var found: Calibrated = (nil, nil)
        var failure: String?
        do { found = try calibrated(own, weights, scale, others) } catch let error as EvaluationError {
            guard isCalibrationOptional else { throw error }
            failure = error.description
        }
        let result = try ZeroShotResult(
            own.rows, classes, weights: weights, truths: own.truths, scale: scale, calibrated: found.reliability,
            bootstrap: bootstrap)
        return Answer(
            result: result, kept: images.kept, failures: images.failures, calibration: found.fitted,
            strangers: others?.strangers ?? 0, calibrationFailure: failure, twins: twins(weights))
    }

    /// What was fitted, on how many images, and what the probabilities mean with it.
    private typealias Calibrated = (fitted: (fitted: Calibration, images: Int)?, reliability: Reliability?)

    private func calibrated(
        _ own: LabelledRows, _ weights: Embeddings, _ scale: Double, _ others: (LabelledRows, strangers: Int)?
    ) throws -> Calibrated {
        switch calibration {
        case nil: return (nil, nil)
        case .halves(let seed):
            // What is kept is fitted on all images, and what is reported never on the image itself.
            let fitted = try fit(own, weights, scale, set.name)
            return ((fitted, own.truths.count), try crossFitted(own, weights, scale, seed))
        case .other(let other):
            let images: LabelledRows = others?.0 ?? (Embeddings(width: weights.width), [])
            let fitted = try fit(images, weights, scale, other.name)
            let reliability = try Reliability(own.rows, classes: weights, truths: own.truths, scale: fitted.scale)
            return ((fitted, images.truths.count), reliability)
        }
    }

    /// Classes with the same row, each with the first that has it.
    private func twins(_ weights: Embeddings) -> [(String, String)] {
        var first: [[Float]: Int] = [:]
        return weights.indices.compactMap { index in
            let known = first.updateValue(first[Array(weights[index])] ?? index, forKey: Array(weights[index]))
            return known.map { (classes[$0].label, classes[index].label) }
        }
    }

    /// What the probabilities of each half of the images mean with what was fitted on the other half.
    private func crossFitted(
        _ images: LabelledRows, _ weights: Embeddings, _ scale: Double, _ seed: UInt64
    ) throws -> Reliability {
        var generator = SeededGenerator(seed: seed)
        let shuffled = images.rows.indices.shuffled(using: &generator)
        // Of each class every other image, so that small classes are in both halves.
        let ordered = shuffled.indices.sorted { (images.truths[shuffled[$0]], $0) < (images.truths[shuffled[$1]], $1) }
        let halves = (0..<2).map { half in
            ordered.indices.filter { $0 % 2 == half }.map { shuffled[ordered[$0]] }.sorted()
        }
        func part(_ half: [Int]) -> LabelledRows { (images.rows.rows(half), half.map { images.truths[$0] }) }
        var confidences = [Float](repeating: 0, count: shuffled.count)
        var isRight = [Bool](repeating: false, count: shuffled.count)
        for (half, other) in [(halves[0], halves[1]), (halves[1], halves[0])] {
            let (measured, found) = (part(half), try fit(part(other), weights, scale, set.name))
            let reliability = try Reliability(
                measured.rows, classes: weights, truths: measured.truths, scale: found.scale)
            for (place, image) in half.enumerated() {
                (confidences[image], isRight[image]) = (reliability.confidences[place], reliability.isRight[place])
            }
        }
        return Reliability(confidences: confidences, isRight: isRight)
    }

    private func fit(
        _ images: LabelledRows, _ weights: Embeddings, _ scale: Double, _ name: String
    ) throws -> Calibration {
        guard Set(images.truths).count > 1 else {
            throw EvaluationError(
                "\(name): expected images of at least two of the classes to calibrate on, found "
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
