package import CLIP
package import CLIPData
internal import CLIPFiles
internal import CLIPImaging

/// The images that a classifier learns from, those that it is chosen by, and those that it is measured on.
package struct LearningSets: Sendable {
    package let train: any LabelledImages
    /// Nil where a part of the training images is set aside.
    package let validation: (any LabelledImages)?
    package let test: any LabelledImages

    /// The share of the training images that is set aside where nothing else is given to choose by.
    package static let validationShare = 0.2

    /// - Throws: ``EvaluationError`` where images may have several classes, or there is one class only.
    package init(train: any LabelledImages, validation: (any LabelledImages)?, test: any LabelledImages) throws {
        for set in [train, test] + (validation.map { [$0] } ?? []) where set.isMultiLabel {
            throw EvaluationError("\(set.name): expected images of one class each, found several")
        }
        guard train.classes.count > 1 else {
            throw EvaluationError("\(train.name): expected at least two classes to tell apart, found one")
        }
        (self.train, self.validation, self.test) = (train, validation, test)
    }

    /// Features of the sets by one model.
    package struct Features: Sendable {
        /// Embeddings of length 1, and what was projected.
        package var embeddings: Parts
        package var pooled: Parts
        /// The test images that count, by their index.
        package var tested: [Int]
        /// What could not be read.
        package var failures: [ImageFailure]
        /// Images for choosing and testing whose class has no training image.
        package var strangers: Int

        /// A set of each kind; nil where none is given to choose by.
        package struct Parts: Sendable {
            package var train: LabelledFeatures
            package var validation: LabelledFeatures?
            package var test: LabelledFeatures
        }
    }

    /// The number of images of all sets.
    package var count: Int { train.count + (validation?.count ?? 0) + test.count }

    /// Embeds all images. Classes are told by their names; those of the training set count.
    ///
    /// - Throws: ``EvaluationError`` where a set has nothing left to learn from or to measure.
    package func features(by extractor: FeatureExtractor, onProgress: (Int) -> Void) async throws -> Features {
        let known = Dictionary(train.classes.enumerated().map { ($1, $0) }) { first, _ in first }
        var (failures, strangers) = ([ImageFailure](), 0)
        func labelled(_ set: any LabelledImages) async throws -> (LabelledFeatures, LabelledFeatures, [Int]) {
            let images = try await extractor.features(of: set, onProgress: onProgress)
            failures += images.failures
            let pairs = images.kept.enumerated().compactMap { row, index in
                known[set.classes[set.labels(at: index)[0]]].map { (row: row, label: $0) }
            }
            strangers += images.kept.count - pairs.count
            let (rows, labels) = (pairs.map(\.row), pairs.map(\.label))
            return (
                try LabelledFeatures(images.embeddings.rows(rows), labels: labels, classes: train.classes),
                try LabelledFeatures(images.pooled.rows(rows), labels: labels, classes: train.classes),
                rows.map { images.kept[$0] }
            )
        }
        let learned = try await labelled(train)
        let chosen: (LabelledFeatures, LabelledFeatures, [Int])? =
            if let validation { try await labelled(validation) } else { nil }
        let measured = try await labelled(test)
        if let missing = learned.0.countsByClass.firstIndex(of: 0) {
            throw EvaluationError(
                "\(train.name): class \(train.classes[missing].quoted()): expected at least one training image, found none"
            )
        }
        guard measured.0.count > 0 else {
            throw EvaluationError("\(test.name): expected images of the training set's classes, found none")
        }
        return Features(
            embeddings: .init(train: learned.0, validation: chosen?.0, test: measured.0),
            pooled: .init(train: learned.1, validation: chosen?.1, test: measured.1), tested: measured.2,
            failures: failures, strangers: strangers)
    }
}

extension LearningSets.Features.Parts {
    /// Training images and others to choose by: the validation set, or a share of each class that is set aside.
    package func split(seed: UInt64) -> (train: LabelledFeatures, validation: LabelledFeatures) {
        if let validation { return (train, validation) }
        var generator = SeededGenerator(seed: seed)
        var rows = [[Int]](repeating: [], count: train.classes.count)
        for (row, label) in train.labels.enumerated() { rows[label].append(row) }
        var aside: Set<Int> = []
        for members in rows where members.count > 1 {
            let count = max(1, Int(LearningSets.validationShare * Double(members.count)))
            aside.formUnion(members.shuffled(using: &generator).prefix(count))
        }
        return (train.subset(train.labels.indices.filter { !aside.contains($0) }), train.subset(aside.sorted()))
    }
}
