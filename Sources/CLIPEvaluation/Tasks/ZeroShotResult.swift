public import CLIP

/// How well a model tells the classes of images by sentences alone.
public struct ZeroShotResult: Sendable {
    /// What the images were to be.
    public let classes: [ClassPrompts]
    /// For each image its class, or its classes where it may have several.
    public let labels: [[Int]]
    /// The best classes of each image, where each has one.
    public let accuracy: Accuracy?
    /// What the probabilities mean, where each image has one class: with the model's own factor on cosines.
    public let reliability: Reliability?
    /// The same with the factor that was fitted on other images.
    public let calibrated: Reliability?
    /// How the images of each class are ranked, where an image may have several.
    public let precision: AveragePrecision?
    /// The figures of all that.
    public let figures: [Figure]

    /// Holds images against classes, each with one.
    ///
    /// - Parameters:
    ///   - images: Rows of length 1.
    ///   - weights: A row of length 1 for each class.
    ///   - truths: The class of each image.
    ///   - scale: The model's factor on cosines.
    ///   - calibrated: What the probabilities mean with a factor that was fitted on other images.
    public init(
        _ images: Embeddings, _ classes: [ClassPrompts], weights: Embeddings, truths: [Int], scale: Double,
        calibrated: Reliability? = nil, bootstrap: Bootstrap = Bootstrap()
    ) throws {
        let accuracy = try Accuracy(images, classes: weights, truths: truths)
        let reliability = try Reliability(images, classes: weights, truths: truths, scale: scale)
        self.classes = classes
        labels = truths.map { [$0] }
        (self.accuracy, self.reliability, self.calibrated, precision) = (accuracy, reliability, calibrated, nil)
        let errors = [("ece", reliability)] + (calibrated.map { [("calibrated_ece", $0)] } ?? [])
        let intervals = bootstrap.intervals(of: truths.count) { weights in errors.map { $1.error(weights) } }
        figures =
            accuracy.figures(bootstrap)
            + zip(errors, intervals).map { Figure($0.0, $0.1.expectedCalibrationError, $1) }
    }

    /// Holds images against classes, of which each may have any number.
    public init(_ images: Embeddings, _ classes: [ClassPrompts], weights: Embeddings, labels: [[Int]]) throws {
        let precision = try AveragePrecision(images, classes: weights, labels: labels)
        (self.classes, self.labels, self.precision) = (classes, labels, precision)
        (accuracy, reliability, calibrated) = (nil, nil, nil)
        figures = [Figure("mean_average_precision", precision.mean)]
    }

    /// What an image of each class is taken for.
    public struct ClassResult: Sendable, Hashable {
        /// The position among the classes.
        public let index: Int
        /// The number of its images.
        public let count: Int
        /// The share of them that is given it; for images of several classes its average precision.
        public let score: Double
        /// What its images are most often taken for, and how many of them.
        public let confusion: Accuracy.Confusion?
    }

    /// The classes that have images, the worst first, then in their order.
    public var classResults: [ClassResult] {
        let confusions = Dictionary(grouping: accuracy?.confusions ?? [], by: \.truth)
        var (all, right) = ([Int](repeating: 0, count: classes.count), [Int](repeating: 0, count: classes.count))
        for (image, labels) in labels.enumerated() {
            for label in labels { all[label] += 1 }
            if let accuracy, accuracy.ranks[image] == 0 { right[labels[0]] += 1 }
        }
        return classes.indices.filter { all[$0] > 0 }.map { index in
            ClassResult(
                index: index, count: all[index],
                score: precision?.values[index] ?? Double(right[index]) / Double(all[index]),
                confusion: confusions[index]?.first)
        }.sorted { ($0.score, $0.index) < ($1.score, $1.index) }
    }
}
