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
    public init(
        _ images: Embeddings, _ classes: [ClassPrompts], weights: Embeddings, truths: [Int], scale: Double,
        calibration: Calibration? = nil, bootstrap: Bootstrap = Bootstrap()
    ) throws {
        let accuracy = try Accuracy(images, classes: weights, truths: truths)
        let reliability = try Reliability(images, classes: weights, truths: truths, scale: scale)
        let calibrated = try calibration.map {
            try Reliability(images, classes: weights, truths: truths, scale: $0.scale)
        }
        self.classes = classes
        labels = truths.map { [$0] }
        (self.accuracy, self.reliability, self.calibrated, precision) = (accuracy, reliability, calibrated, nil)
        var names = ["acc1", "mean_per_class_recall", "ece"]
        if classes.count >= 5 { names.insert("acc5", at: 1) }
        if calibrated != nil { names.append("calibrated_ece") }
        figures = Self.figures(names, of: truths.count, bootstrap) { name, weights in
            switch name {
            case "acc1": accuracy.top(1, weights)
            case "acc5": accuracy.top(5, weights)
            case "mean_per_class_recall": accuracy.meanPerClassRecall(weights)
            case "ece": reliability.error(weights)
            default: calibrated?.error(weights) ?? 0
            }
        }
    }

    /// Holds images against classes, of which each may have any number.
    public init(_ images: Embeddings, _ classes: [ClassPrompts], weights: Embeddings, labels: [[Int]]) throws {
        let precision = try AveragePrecision(images, classes: weights, labels: labels)
        (self.classes, self.labels, self.precision) = (classes, labels, precision)
        (accuracy, reliability, calibrated) = (nil, nil, nil)
        figures = [Figure("mean_average_precision", precision.mean)]
    }

    private static func figures(
        _ names: [String], of count: Int, _ bootstrap: Bootstrap,
        _ value: @escaping @Sendable (String, [Int32]?) -> Double
    ) -> [Figure] {
        let intervals = bootstrap.intervals(of: count) { weights in names.map { value($0, weights) } }
        return zip(names, intervals).map { Figure($0, value($0, nil), $1) }
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
