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
}

/// Labels as rows in the space of images: a classifier that needed no training.
public struct ZeroShotClassifier: Sendable {
    /// The labels, in the order of the rows.
    public let labels: [String]
    /// A row of length 1 for each label.
    public let weights: Embeddings
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

    /// The most probable label.
    public var best: Entry { entries[0] }

    init(labels: [String], probabilities: [Float]) {
        let order = labels.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
        entries = order.map { Entry(label: labels[$0], probability: probabilities[$0]) }
    }
}
