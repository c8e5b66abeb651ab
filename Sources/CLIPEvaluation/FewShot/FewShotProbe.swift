public import CLIP

/// The plain linear probe on a few images a class, the baseline of every other method: logistic regression on embeddings of
/// length 1, with the penalty that does best on the validation images.
///
/// Unlike ``LinearProbe``, it learns from no validation image, so that all methods learn from the same ones.
public struct FewShotProbe: FewShotMethod {
    public var name: String { "linear probe" }

    /// The usual search.
    public init() {}

    public func learn(_ problem: FewShotProblem) throws -> FewShotAdapter {
        let probe = try LinearProbe(train: problem.train, validation: problem.validation, refits: false)
        return problem.adapter(.linear(.init(weights: probe.fit.weights, biases: probe.fit.biases)), name)
    }
}
