/// A sentence with a place for a label, such as "a photo of a {}".
public struct PromptTemplate: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The sentence; every `{}` stands for the label.
    public let text: String

    /// The label as it is.
    public static let label: PromptTemplate = "{}"

    /// Reads a template; throws ``PromptError`` where it has no place for a label.
    public init(parsing text: String) throws {
        guard text.contains("{}") else {
            throw PromptError(description: "template \"\(text)\": expected {} where the label belongs, found none")
        }
        self.text = text
    }

    /// A template of a program's own. A literal without `{}` is a mistake in that program.
    public init(stringLiteral text: String) {
        precondition(text.contains("{}"), "a template has {} where the label belongs")
        self.text = text
    }

    /// The sentence for a label.
    public func callAsFunction(_ label: String) -> String { text.replacing("{}", with: label) }
}

/// What is wrong with templates or labels, in one line.
public struct PromptError: Error, CustomStringConvertible, Sendable, Hashable {
    public let description: String

    /// Says it.
    public init(description: String) { self.description = description }
}

/// Labels as rows in the space of images: a classifier that needed no training.
public struct ZeroShotClassifier: Sendable {
    /// The labels, in the order of the rows.
    public let labels: [String]
    /// A row of length 1 for each label.
    public let weights: Embeddings
    /// What makes its probabilities mean what they say, where that was fitted.
    public var calibration: Calibration?

    /// Puts rows of length 1 to labels.
    public init(labels: [String], weights: Embeddings, calibration: Calibration? = nil) {
        precondition(labels.count == weights.count, "a row for each label")
        (self.labels, self.weights, self.calibration) = (labels, weights, calibration)
    }

    /// The mean of each class's rows, which stand one after the other and have length 1, normalised again.
    package init(_ classes: [ClassPrompts], rows: Embeddings) {
        precondition(rows.count == classes.reduce(0) { $0 + $1.prompts.count }, "a row for each sentence")
        var (weights, first) = (Embeddings(width: rows.width), 0)
        for entry in classes {
            let range = first * rows.width..<(first + entry.prompts.count) * rows.width
            weights.append(Embeddings(width: rows.width, values: Array(rows.values[range])).mean().normalized())
            first += entry.prompts.count
        }
        self.init(labels: classes.map(\.label), weights: weights)
    }
}

/// How probable each label is for an image.
public struct Classification: Sendable, Hashable {
    /// A label and its probability.
    public struct Entry: Sendable, Hashable {
        public let label: String
        public let probability: Float
    }

    /// All labels, the most probable first. The probabilities sum to 1, but for a model with a logit bias (SigLIP), which
    /// judges each label for itself.
    public let entries: [Entry]

    /// Whether the image shows none of the labels, as a calibration says; nil without one.
    public let isNone: Bool?

    /// The most probable label.
    public var best: Entry { entries[0] }

    init(labels: [String], probabilities: [Float], isNone: Bool? = nil) {
        self.isNone = isNone
        let order = labels.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
        entries = order.map { Entry(label: labels[$0], probability: probabilities[$0]) }
    }
}
