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
        /// One half of the set, drawn from a seed; the figures are of the other half.
        case half(seed: UInt64)
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
    /// - Throws: `PromptError` where there is nothing to tell apart or nothing to fit on; what the towers throw.
    package func answer(
        by clip: CLIPEncoder, _ features: FeatureExtractor, onProgress: (Int) -> Void
    ) async throws -> Answer {
        guard classes.count > 1 else {
            throw PromptError(description: "\(set.name): expected at least two classes to tell apart, found one")
        }
        let rows = try await features.embeddings(of: classes.flatMap(\.prompts))
        let weights = ZeroShotClassifier(classes, rows: rows).weights
        let images = try await features.features(of: set, onProgress: onProgress)
        guard !images.kept.isEmpty else {
            throw PromptError(description: "\(set.name): expected images that can be read, found none")
        }
        if set.isMultiLabel {
            let labels = images.kept.map(set.labels)
            let result = try ZeroShotResult(images.embeddings, classes, weights: weights, labels: labels)
            return Answer(result: result, kept: images.kept, failures: images.failures)
        }
        let scale = try await clip.logitFactor()
        var (measured, fitted) = (Array(images.kept.indices), nil as (Calibration, Int)?)
        var strangers = 0
        switch calibration {
        case .half(let seed):
            var shuffled = measured
            var generator = SeededGenerator(seed: seed)
            shuffled.shuffle(using: &generator)
            let half = Array(shuffled.prefix(shuffled.count / 2))
            measured = shuffled.dropFirst(half.count).sorted()
            let truths = half.map { set.labels(at: images.kept[$0])[0] }
            fitted = (try fit(images.embeddings.rows(half), weights, truths, scale), half.count)
        case .other(let other):
            let known = try await features.features(of: other, onProgress: { _ in })
            let places = Dictionary(set.classes.enumerated().map { ($1, $0) }) { first, _ in first }
            let pairs = known.kept.enumerated().compactMap { row, index in
                places[other.classes[other.labels(at: index)[0]]].map { (row, $0) }
            }
            strangers = known.kept.count - pairs.count
            fitted = (
                try fit(known.embeddings.rows(pairs.map(\.0)), weights, pairs.map(\.1), scale), pairs.count
            )
        case nil: break
        }
        let kept = measured.map { images.kept[$0] }
        let result = try ZeroShotResult(
            images.embeddings.rows(measured), classes, weights: weights, truths: kept.map { set.labels(at: $0)[0] },
            scale: scale, calibration: fitted?.0, bootstrap: bootstrap)
        return Answer(
            result: result, kept: kept, failures: images.failures, calibration: fitted.map { ($0.0, $0.1) },
            strangers: strangers)
    }

    private func fit(
        _ images: Embeddings, _ weights: Embeddings, _ truths: [Int], _ scale: Double
    ) throws -> Calibration {
        guard Set(truths).count > 1 else {
            throw PromptError(
                description: "\(set.name): expected images of at least two classes to calibrate on, found "
                    + (truths.isEmpty ? "none" : "one class"))
        }
        return try Calibration(fitting: images, classes: weights, truths: truths, scale: scale)
    }
}

extension FeatureExtractor {
    /// Features of a set of images with classes.
    package func features(
        of set: any LabelledImages, onProgress: (Int) -> Void
    ) async throws -> ExtractedImages {
        try await features(
            of: set.count, name: { set.name(at: $0) }, image: { try set.image(at: $0) }, onProgress: onProgress)
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
