public import CLIP
internal import CLIPFiles
internal import CLIPTensor

/// What a few-shot method may see: some images of every class to learn from, others to choose by, and what the model knows
/// without either. There is no place for test images, so that no method can choose by them.
public struct FewShotProblem: Sendable {
    /// Images to learn from, of every class; rows of length 1.
    public let train: LabelledFeatures
    /// Images to choose by, perhaps none; rows of length 1.
    public let validation: LabelledFeatures
    /// The embeddings of the classes' sentences: a row of length 1 for each class.
    public let text: Embeddings
    /// The factor on cosines: e to the power of the model's logit scale.
    public let logitScale: Double
    /// The images a class to learn from, where there are as many.
    public let shots: Int

    /// Divides rows by their length and puts the parts together.
    ///
    /// Throws ``EvaluationError`` where they do not fit together, or a class has no training image.
    public init(
        train: LabelledFeatures, validation: LabelledFeatures, text: Embeddings, logitScale: Double, shots: Int
    ) throws {
        try train.checkFits(validation, "validation")
        try train.checkEachClassOccurs("training")
        guard text.count == train.classes.count, text.width == train.features.width else {
            throw EvaluationError(
                "text: expected \(train.classes.count) rows of \(train.features.width) numbers, "
                    + "found \(text.count) of \(text.width)")
        }
        guard logitScale > 0, logitScale.isFinite else {
            throw EvaluationError("logit scale: expected a number above 0, found \(logitScale)")
        }
        guard shots > 0 else { throw EvaluationError("shots: expected a number above 0, found \(shots)") }
        (self.train, self.validation) = (train.normalized(), validation.normalized())
        (self.text, self.logitScale, self.shots) = (text.normalized(), logitScale, shots)
    }

    /// The classes.
    public var classes: [String] { train.classes }

    /// The validation images as tensors; throws where there are none and a method has something to choose.
    func validationTensors(for method: String, choosing what: String) throws -> (images: Tensor, targets: Tensor) {
        guard validation.count > 0 else {
            throw EvaluationError("\(method): expected validation images to choose \(what) by, found none")
        }
        return (try validation.features.tensor(), try validation.targets())
    }

    /// An adapter for the classes of this problem.
    func adapter(_ form: FewShotAdapter.Form, _ method: String) -> FewShotAdapter {
        FewShotAdapter(labels: classes, form: form, method: method, shots: shots)
    }
}

/// A way of learning a classifier from a few images a class.
///
/// Methods run where they are called and keep libtorch's threads busy: call them on one `TensorThread`.
public protocol FewShotMethod: Sendable {
    /// What papers call it.
    var name: String { get }

    /// Learns a classifier. The same problem gives the same one.
    ///
    /// Throws ``EvaluationError`` where the problem lacks what the method needs.
    func learn(_ problem: FewShotProblem) throws -> FewShotAdapter
}
