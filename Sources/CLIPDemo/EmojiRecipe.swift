internal import CLIPData
internal import CLIPModels
package import CLIPTraining

/// How the demo trains: small enough for two cores and three minutes.
///
/// Places come first, said of single emoji of eight kinds that stand at one place in one picture and at the opposite place
/// in its twin; then which of two kinds stands at which place, of few kinds and in captions that name the place before the
/// kind, where a causal text tower finds it; then more kinds, and captions as people say them. Kinds first does not work:
/// while images do not say where things are, both towers learn to leave places out, and never come back to them. Muon
/// learns from several times fewer pairs than AdamW here.
package struct EmojiRecipe: Sendable {
    /// Batches to train on.
    package var steps = 1050
    /// What initialisation and scenes are drawn from.
    package var seed: UInt64 = 0
    /// Threads that draw scenes.
    package var loaderThreads = 1

    /// The recipe of which the project's figures are told.
    package init() {}

    /// Height and width of a scene in pixels.
    package static let imageSize = 64

    /// The run that follows the recipe into a folder.
    package func configuration(output: String) -> TrainingConfiguration {
        var run = TrainingConfiguration()
        run.output = output
        run.seed = seed
        run.steps = steps
        run.model = .custom(model)
        run.tokenizer = .init(learn: 2048)
        run.data.emoji = .init(stages: [
            .init(until: 0.05, singleKind: 1, twins: 1, kinds: 8),
            .init(until: 0.2, singleKind: 0.2, twins: 1, placesFirst: 0.7, kinds: 16),
            .init(until: 0.34, singleKind: 0.2, twins: 0.7, placesFirst: 0.4, kinds: 64),
            .init(until: 1, singleKind: 0.25, twins: 0.4, placesFirst: 0.1),
        ])
        run.imagePositions = .planeWaves
        run.twinWeight = 1
        run.augmentation = nil
        run.optimiser.kind = .muon
        run.optimiser.weightDecay = 0.1
        run.batchSize = 128
        run.learningRate = 2e-3
        run.warmupSteps = max(1, steps / 60)
        run.precision = .bf16
        run.checkpointEvery = 0
        run.loaderThreads = loaderThreads
        return run
    }

    /// Whether a run follows the recipe, whatever its seed, its length and its threads.
    func isFollowed(by run: TrainingConfiguration) -> Bool {
        var recipe = self
        (recipe.seed, recipe.steps, recipe.loaderThreads) = (run.seed, run.steps ?? 1, run.loaderThreads)
        return run == recipe.configuration(output: run.output)
    }

    private var model: CLIPConfiguration {
        CLIPConfiguration(
            embeddingWidth: 128,
            vision: .transformer(.init(imageSize: Self.imageSize, patchSize: 16, width: 128, layers: 4, headWidth: 64)),
            text: .init(contextLength: 48, vocabularySize: 2048, width: 128, heads: 2, layers: 2))
    }
}
