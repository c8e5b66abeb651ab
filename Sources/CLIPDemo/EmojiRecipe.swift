internal import CLIPData
internal import CLIPModels
package import CLIPTraining

/// How the demo trains: small enough for two cores and three minutes.
///
/// Kinds come first, from scenes with one of them; then places and relations, from scenes that stand in a batch beside
/// their mirrored twins. Muon learns from several times fewer pairs than AdamW here.
package struct EmojiRecipe: Sendable {
    /// Batches to train on.
    package var steps = 2500
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
            .init(until: 0.28, singleKind: 0, twins: 1, placesFirst: 0.6, kinds: 8),
            .init(until: 0.7, singleKind: 0.15, twins: 0.6, placesFirst: 0.3),
            .init(until: 1, singleKind: 0.2, twins: 0.5, placesFirst: 0.1),
        ])
        run.augmentation = nil
        run.optimiser.kind = .muon
        run.optimiser.weightDecay = 0.1
        run.batchSize = 64
        run.twinWeight = 1
        run.learningRate = 2e-3
        run.warmupSteps = max(1, steps / 20)
        run.precision = .bf16
        run.checkpointEvery = 0
        run.loaderThreads = loaderThreads
        return run
    }

    private var model: CLIPConfiguration {
        CLIPConfiguration(
            embeddingWidth: 128,
            vision: .transformer(.init(imageSize: Self.imageSize, patchSize: 16, width: 128, layers: 4, headWidth: 64)),
            text: .init(contextLength: 48, vocabularySize: 2048, width: 128, heads: 2, layers: 2))
    }
}
