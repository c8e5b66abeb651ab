public import CLIP
internal import CLIPTensor

/// Tip-Adapter-F (Zhang et al. 2022): a cache like ``TipAdapter``'s whose keys are trained.
///
/// The keys start from the training images' embeddings and are trained with the constants that the untrained cache does best
/// with. The learning rate, the epoch and, once more, the constants are those that do best on the validation images; among
/// them is the untrained cache.
public struct TrainedTipAdapter: FewShotMethod {
    public var name: String { "Tip-Adapter-F" }

    /// The constants that are tried.
    public var grid = TipAdapter()
    /// How often each image is seen at most.
    public var epochs = 20
    /// The images of a step.
    public var batchSize = 256
    /// The rates of the first step that are tried.
    public var learningRates = [1e-4, 1e-3, 1e-2]
    /// The order of the images follows from it.
    public var seed: UInt64 = 0

    /// The authors' epochs and batch; their rate, a tenth and ten times it.
    public init() {}

    public func learn(_ problem: FewShotProblem) throws -> FewShotAdapter {
        let start = try grid.learn(problem)
        guard case .cache(let cache) = start.form else { preconditionFailure("Tip-Adapter gives a cache") }
        let (images, targets) = try problem.validationTensors(for: name, choosing: "the epoch and the learning rate")
        var best = try withoutGradients {
            (logits: try cache.logits(), score: try ValidationScore(cache.logits()(images), targets))
        }
        for rate in learningRates {
            var trained = try cache.logits()
            // A cache without weight has no slope to learn by.
            if trained.alpha == 0 { trained.alpha = 1 }
            try train(trained, rate, problem) { logits in
                let score = try ValidationScore(logits(images), targets)
                guard score > best.score else { return }
                best = (logits, score)
                best.logits.keys = try logits.keys.detached().cloned()
            }
        }
        return try withoutGradients {
            let searched = try grid.search(best.logits, images, targets)
            let constants =
                searched.score > best.score
                ? searched.constants : CacheConstants(alpha: best.logits.alpha, beta: best.logits.beta)
            var trained = cache.with(constants)
            trained.keys = Embeddings(width: trained.keys.width, values: try best.logits.keys.elements())
            return problem.adapter(.cache(trained), name)
        }
    }

    /// Trains the keys; `examine` sees them after each epoch.
    private func train(
        _ logits: CacheLogits, _ learningRate: Double, _ problem: FewShotProblem,
        _ examine: (CacheLogits) throws -> Void
    ) throws {
        let (images, targets) = (try problem.train.features.tensor(), try problem.train.targets())
        let training = FeatureTraining(epochs: epochs, batchSize: batchSize, learningRate: learningRate, seed: seed)
        try training.run([logits.keys], count: problem.train.count) { rows in
            try logits(images.indexed(0, by: rows)).crossEntropy(targets: targets.indexed(0, by: rows))
        } afterEpoch: {
            try examine(logits)
        }
    }
}
