internal import CLIPData
internal import CLIPModels
package import CLIPTraining

/// How the demo trains: small enough for two cores and three minutes.
///
/// Kinds come first, half of them alone in their scene. Muon learns from several times fewer pairs than AdamW here. The
/// share of scenes that stand beside their mirrored twins is small, because no share that was tried taught the difference
/// within the time, and each twin takes the place of a scene that teaches kinds.
package struct EmojiRecipe: Sendable {
    /// Batches to train on.
    package var steps = 1200
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
            .init(until: 0.15, singleKind: 0.5, twins: 0),
            .init(until: 1, singleKind: 0.2, twins: 0.2),
        ])
        run.augmentation = nil
        run.optimiser.kind = .muon
        run.optimiser.weightDecay = 0.1
        run.batchSize = 128
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
