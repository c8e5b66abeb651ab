import CLIPCheckpoints
public import CLIPData
import CLIPImaging
import CLIPModels
public import CLIPTensor
import CLIPTokenization
internal import Foundation

/// A whole run: from a configuration to a saved model.
///
/// All tensor work is done on a thread of its own; callers wait asynchronously.
public actor TrainingRun {
    private nonisolated let thread = TensorThread(name: "clip-trainer")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// What a run shows while it goes on.
    public struct Progress: Sendable {
        /// The step just taken, as it stands in the metrics.
        public var metrics: MetricsLine
        /// The number of steps of the whole run.
        public var steps: Int
        /// Pairs a second, over the last steps.
        public var pairsPerSecond: Double
        /// Seconds until the end at this pace.
        public var secondsLeft: Double
    }

    /// What came of a run.
    public struct Outcome: Sendable {
        /// The run's folder.
        public var folder: RunFolder
        /// The folders that the run saved, the first one its main result.
        public var saved: [String]
        /// The steps taken in all.
        public var steps: Int
        /// The pairs trained on in all.
        public var pairs: Int
        /// The pairs trained on before this run went on from a checkpoint.
        public var earlierPairs: Int
        /// Seconds of training, without opening and saving.
        public var seconds: Double
        /// What the loader passed over.
        public var report: LoaderReport
        /// The lines of a table that are no rows, and were passed over before.
        public var skipped: BadSamples
    }

    private let configuration: TrainingConfiguration
    private let device: Device
    private let folder: RunFolder

    /// A run of a configuration on a device. Nothing is read or written yet.
    public init(_ configuration: TrainingConfiguration, device: Device = .cpu) {
        self.configuration = configuration
        self.device = device
        folder = RunFolder(configuration.output)
    }

    deinit { thread.stop() }

    /// Trains to the end and saves the model.
    ///
    /// - Parameters:
    ///   - isResuming: Whether to go on from the run's checkpoint.
    ///   - replacesOldRun: Whether another run's checkpoint and model in the folder make way, the checkpoint when the first
    ///     batch is there and the model when the new one is; else they are refused.
    ///   - onProgress: Called after each step, on the trainer's thread.
    /// - Throws: What is wrong with the configuration or its files; `CancellationError` between two steps of a task that
    ///   was cancelled, after writing a checkpoint where checkpoints are asked for.
    public func train(
        isResuming: Bool = false, replacesOldRun: Bool = false, onProgress: @Sendable (Progress) -> Void
    ) throws -> Outcome {
        Engine.flushDenormals()
        try device.checkAvailable()
        let plan = try TrainingPlan(configuration, device: device)
        let lock = try folder.claim(isResuming: isResuming, replacesOldRun: replacesOldRun)
        defer { withExtendedLifetime(lock) {} }
        let trainer = try makeTrainer(plan)
        let checkpoint = isResuming ? try Checkpoint.resume(trainer, plan, from: folder.checkpoint) : nil
        let loader = try makeLoader(plan, from: checkpoint?.position ?? LoaderPosition())
        defer { loader.stop() }
        let clock = ContinuousClock()
        let start = clock.now
        let pairs = try loop(trainer, loader, plan, from: checkpoint, onProgress)
        let seconds = (clock.now - start) / .seconds(1)
        let saved = try save(trainer, plan)
        return Outcome(
            folder: folder, saved: saved, steps: trainer.step, pairs: pairs,
            earlierPairs: checkpoint?.position.samplesSeen ?? 0,
            seconds: seconds, report: loader.report, skipped: plan.skipped)
    }

    private func makeTrainer(_ plan: TrainingPlan) throws -> Trainer {
        let model = try makeModel(plan)
        let schedule = LearningRateSchedule(
            peak: configuration.learningRate, warmupSteps: configuration.warmupSteps, steps: plan.steps)
        var settings = Trainer.Configuration(
            schedule: schedule, mean: plan.preprocessing.mean, std: plan.preprocessing.std)
        settings.optimiser = configuration.optimiser
        settings.precision = configuration.precision
        settings.equalCaptionsMatch = configuration.equalCaptionsMatch
        settings.twinWeight = configuration.twinWeight
        settings.largestLogitScale = configuration.largestLogitScale
        settings.freezesLockedStatistics = plan.trained.freezesStatistics
        let head = try configuration.head.map { try plan.makeHead($0, model) }
        return try Trainer(model, settings, head: head, trains: plan.trained.contains)
    }

    private func makeModel(_ plan: TrainingPlan) throws -> CLIPModel {
        guard let start = plan.start else {
            return try CLIPModel(
                plan.architecture,
                parameters: FreshParameters(
                    seed: configuration.seed, imagePositions: configuration.imagePositions, device: device))
        }
        let adapters = try configuration.lora.map { try plan.makeAdapters($0, device: device) }
        return try CLIPModel(plan.architecture, parameters: start.parameters(device: device), adapters: adapters)
    }

    private func makeLoader(_ plan: TrainingPlan, from position: LoaderPosition) throws -> BatchLoader {
        var options = LoaderOptions()
        options.batchSize = configuration.batchSize
        options.seed = configuration.seed
        options.distinctCaptions = configuration.distinctCaptions
        options.threads = configuration.loaderThreads
        let size = plan.preprocessing
        let images =
            configuration.augmentation.map { BatchImages.augmented($0, height: size.height, width: size.width) }
            ?? .preprocessed(plan.preprocessing)
        return try BatchLoader(
            plan.dataset, images: images, tokenizer: plan.tokenizer, options: options, from: position)
    }

    /// Trains until the last step; returns the number of pairs seen.
    private func loop(
        _ trainer: Trainer, _ loader: BatchLoader, _ plan: TrainingPlan, from checkpoint: Checkpoint?,
        _ onProgress: (Progress) -> Void
    ) throws -> Int {
        func nextBatch() throws -> Batch? { trainer.step < plan.steps ? try loader.next() : nil }
        // An older run's files stay as they are until the first batch shows that this one can be made.
        var next = try nextBatch()
        let log = try folder.begin(configuration, after: trainer.step, isResuming: checkpoint != nil)
        var pace = Pace(steps: plan.steps, startingAt: trainer.step)
        var pairs = checkpoint?.position.samplesSeen ?? 0
        while let batch = next {
            let metrics = try trainer.step(on: batch)
            pairs = batch.samplesSeen
            let progress = pace.progress(after: metrics, step: trainer.step, pairs: pairs, batchSize: batch.count)
            try log.append(progress.metrics)
            onProgress(progress)
            let isCancelled = Task.isCancelled
            let isLast = isCancelled || trainer.step == plan.steps
            // The last one too: a run may be made longer afterwards.
            if configuration.checkpointEvery > 0, isLast || trainer.step % configuration.checkpointEvery == 0 {
                try Checkpoint(step: trainer.step, position: batch.next, configuration: configuration)
                    .write(trainer, to: folder.checkpoint)
            }
            if isCancelled { throw CancellationError() }
            next = try nextBatch()
        }
        return pairs
    }

    /// Saves what came of the run; returns the folders.
    private func save(_ trainer: Trainer, _ plan: TrainingPlan) throws -> [String] {
        try withoutGradients {
            var saved: [String] = []
            let result = configuration.lora?.save ?? .merged
            if result != .adapter {
                try ModelFolder.write(
                    trainer.model.merged(), vocabulary: plan.tokenizer.vocabulary, preprocessing: plan.preprocessing,
                    to: folder.model)
                saved.append(folder.model)
            }
            if result != .merged, let adapters = trainer.model.adapters {
                try AdapterFolder.write(
                    adapters, of: plan.architecture, base: configuration.start, to: folder.adapter)
                saved.append(folder.adapter)
            }
            if let head = try trainer.savedHead() {
                try head.write(to: folder.head)
                saved.append(folder.head)
            }
            return saved
        }
    }
}

/// Measures how fast a run goes.
private struct Pace {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let steps: Int
    private var last: ContinuousClock.Instant
    /// Seconds a pair, smoothed over about twenty steps.
    private var secondsPerPair: Double?

    init(steps: Int, startingAt step: Int) {
        self.steps = steps
        start = clock.now
        last = start
    }

    mutating func progress(
        after step: StepMetrics, step number: Int, pairs: Int, batchSize: Int
    ) -> TrainingRun.Progress {
        let now = clock.now
        let current = (now - last) / .seconds(1) / Double(batchSize)
        last = now
        let smoothed = secondsPerPair.map { $0 * 0.95 + current * 0.05 } ?? current
        secondsPerPair = smoothed
        let line = MetricsLine(
            step: number, pairs: pairs, loss: step.loss, logitScale: step.logitScale,
            learningRate: step.learningRate, seconds: (now - start) / .seconds(1))
        return TrainingRun.Progress(
            metrics: line, steps: steps, pairsPerSecond: 1 / max(smoothed, 1e-9),
            secondsLeft: smoothed * Double((steps - number) * batchSize))
    }
}
