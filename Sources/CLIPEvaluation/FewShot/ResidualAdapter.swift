public import CLIP
internal import CLIPTensor

/// CLIP-Adapter (Gao et al. 2021): two layers learn what to add to an image's embedding.
///
/// The share of what is added, the learning rate and the epoch are those that do best on the validation images.
public struct ResidualAdapter: FewShotMethod {
    public var name: String { "CLIP-Adapter" }

    /// The shares of the learned part that are tried.
    public var ratios = [0.2, 0.4, 0.6, 0.8]
    /// The rates of the first step that are tried.
    public var learningRates = [1e-3, 1e-2]
    /// How often each image is seen at most.
    public var epochs = 100
    /// The images of a step.
    public var batchSize = 256
    /// The hidden layer has the width of the embeddings over this.
    public var reduction = 4
    /// The start and the order of the images follow from it.
    public var seed: UInt64 = 0

    /// The authors' layers; AdamW in place of their descent, which needs fewer epochs.
    public init() {}

    public func learn(_ problem: FewShotProblem) throws -> FewShotAdapter {
        let (images, targets) = try problem.validationTensors(for: name, choosing: "the ratio and the epoch")
        var best: (logits: ResidualLogits, score: ValidationScore)?
        for ratio in ratios {
            for rate in learningRates {
                try train(try start(problem, ratio), rate, problem) { logits in
                    let score = try ValidationScore(logits(images), targets)
                    if let best, score <= best.score { return }
                    var kept = logits
                    kept.down = try logits.down.detached().cloned()
                    kept.up = try logits.up.detached().cloned()
                    best = (kept, score)
                }
            }
        }
        guard let best else { throw EvaluationError("\(name): expected at least one ratio and epoch, found none") }
        return problem.adapter(.residual(try saved(best.logits, problem)), name)
    }

    /// Layers as PyTorch draws them.
    private func start(_ problem: FewShotProblem, _ ratio: Double) throws -> ResidualLogits {
        let (generator, width) = (try RandomGenerator(seed: seed), problem.text.width)
        let hidden = max(1, width / reduction)
        func layer(_ outputs: Int, _ inputs: Int) throws -> Tensor {
            let bound = 1 / Double(inputs).squareRoot()
            return try Tensor.uniform([outputs, inputs], from: -bound, to: bound, using: generator)
        }
        return try withoutGradients {
            ResidualLogits(
                text: try problem.text.tensor(), scale: problem.logitScale, down: try layer(hidden, width),
                up: try layer(width, hidden), ratio: ratio)
        }
    }

    /// Trains the layers; `examine` sees them after each epoch.
    private func train(
        _ logits: ResidualLogits, _ learningRate: Double, _ problem: FewShotProblem,
        _ examine: (ResidualLogits) throws -> Void
    ) throws {
        let (images, targets) = (try problem.train.features.tensor(), try problem.train.targets())
        let training = FeatureTraining(epochs: epochs, batchSize: batchSize, learningRate: learningRate, seed: seed)
        try training.run([logits.down, logits.up], count: problem.train.count) { rows in
            try logits(images.indexed(0, by: rows)).crossEntropy(targets: targets.indexed(0, by: rows))
        } afterEpoch: {
            try examine(logits)
        }
    }

    private func saved(_ logits: ResidualLogits, _ problem: FewShotProblem) throws -> FewShotAdapter.Residual {
        FewShotAdapter.Residual(
            text: problem.text, scale: logits.scale,
            down: Embeddings(width: logits.down.size(1), values: try logits.down.elements()),
            up: Embeddings(width: logits.up.size(1), values: try logits.up.elements()), ratio: logits.ratio)
    }
}
