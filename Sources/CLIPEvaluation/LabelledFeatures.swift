public import CLIP
internal import CLIPFiles
internal import CLIPTensor

/// Features of images and the class of each.
public struct LabelledFeatures: Sendable, Hashable {
    /// A row for each image.
    public let features: Embeddings
    /// The place of each image's class in ``classes``.
    public let labels: [Int]
    /// The names of the classes. An image of each need not be there.
    public let classes: [String]

    /// Puts classes to features.
    ///
    /// - Throws: ``EvaluationError`` where a row has no class or none of these, and where a component is no finite number.
    public init(_ features: Embeddings, labels: [Int], classes: [String]) throws {
        guard features.count == labels.count else {
            throw EvaluationError("expected a class for each of \(features.count) rows, found \(labels.count)")
        }
        guard !classes.isEmpty else { throw EvaluationError("expected at least one class, found none") }
        if let wrong = labels.first(where: { !classes.indices.contains($0) }) {
            throw EvaluationError("expected classes from 0 to \(classes.count - 1), found \(wrong)")
        }
        if let wrong = features.values.firstIndex(where: { !$0.isFinite }) {
            throw EvaluationError(
                "row \(wrong / features.width): expected finite numbers, found \(features.values[wrong])")
        }
        self.init(checked: features, labels, classes)
    }

    /// What is known to fit together.
    private init(checked features: Embeddings, _ labels: [Int], _ classes: [String]) {
        (self.features, self.labels, self.classes) = (features, labels, classes)
    }

    /// The number of images.
    public var count: Int { labels.count }

    /// The number of images of each class.
    public var countsByClass: [Int] {
        labels.reduce(into: [Int](repeating: 0, count: classes.count)) { $0[$1] += 1 }
    }

    /// Some of the images, in the order of `rows`.
    public func subset(_ rows: some Sequence<Int>) -> LabelledFeatures {
        let rows = Array(rows)
        return LabelledFeatures(checked: features.rows(rows), rows.map { labels[$0] }, classes)
    }

    /// The images of both, which must be of the same classes and width.
    public func appending(_ other: LabelledFeatures) -> LabelledFeatures {
        precondition(classes == other.classes, "features of the same classes")
        var all = features
        all.append(other.features)
        return LabelledFeatures(checked: all, labels + other.labels, classes)
    }

    /// The same images with rows of length 1.
    public func normalized() -> LabelledFeatures { LabelledFeatures(checked: features.normalized(), labels, classes) }

    /// The labels as a tensor `[count]`.
    func targets() throws -> Tensor { try Tensor(labels.map(Int64.init), shape: [count]) }

    /// Throws where a class has no image.
    func checkEachClassOccurs(_ part: String) throws {
        guard let missing = countsByClass.firstIndex(of: 0) else { return }
        throw EvaluationError("class \(classes[missing].quoted()): expected at least one \(part) image, found none")
    }

    /// Throws where others are of other classes or of another width.
    func checkFits(_ other: LabelledFeatures, _ part: String) throws {
        guard other.classes == classes else {
            throw EvaluationError(
                "\(part): expected the same \(classes.count) classes, found \(other.classes.count) others")
        }
        guard other.features.width == features.width else {
            throw EvaluationError(
                "\(part): expected features of \(features.width) numbers, found \(other.features.width)")
        }
    }
}
