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
        /// Seconds until the end at this pace.
        public var secondsLeft: Double
        /// What was measured on the validation set since the step before; with the first step, of the model before it too.
        public var validations: [ValidationResult] = []
        /// The same of the model that the run began with, where it is fine-tuning.
        public var start: ValidationResult?
        /// What the doctor saw for the first time.
        public var findings: [Finding] = []
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
        /// What of the data was passed over when it was opened: lines that are no rows, shards that are broken.
        public var skipped: BadSamples
    }

    let configuration: TrainingConfiguration
    let device: Device
    private let models: [String: String]
    private let folder: RunFolder
    private var series: CheckpointSeries

    /// A run of a configuration on a device. Nothing is read or written yet.
    ///
    /// - Parameter models: Where the models lie that the configuration names otherwise than by their path, such as
    ///   `ORG/NAME` on the hub. What the run writes has the names.
    public init(_ configuration: TrainingConfiguration, device: Device = .cpu, models: [String: String] = [:]) {
        self.configuration = configuration
        self.device = device
        self.models = models
        folder = RunFolder(configuration.output)
        series = CheckpointSeries(folder.checkpoints)
    }

    deinit { thread.stop() }

    /// Trains to the end and saves the model.
    ///
    /// - Parameters:
    ///   - isResuming: Whether to go on from the run's last checkpoint that is whole.
    ///   - replacesOldRun: Whether another run's checkpoints and models in the folder make way, the checkpoints when the
    ///     first batch and the validation set are there and the model when the new one is; else they are refused.
    ///   - onNotice: Called with a line on what was wrong and ends no run, such as a checkpoint that is damaged.
    ///   - onProgress: Called after each step, on the trainer's thread.
    /// - Throws: What is wrong with the configuration or its files; `CancellationError` between two steps of a task that
    ///   was cancelled, after writing a checkpoint where checkpoints are asked for.
    public func train(
        isResuming: Bool = false, replacesOldRun: Bool = false, onNotice: @Sendable (String) -> Void = { _ in },
        onProgress: @Sendable (Progress) -> Void
    ) throws -> Outcome {
        let plan = try preparePlan()
        let lock = try folder.claim(isResuming: isResuming, replacesOldRun: replacesOldRun)
        defer { withExtendedLifetime(lock) {} }
        let trainer = try makeTrainer(plan)
        let checkpoint = isResuming ? try series.resume(trainer, plan, onNotice: onNotice) : nil
        let badSamples = BadSampleLog()
        for sample in plan.dataset.skipped.first { try badSamples.append(sample, epoch: 0) }
        let loader = try makeLoader(plan, from: checkpoint?.position ?? LoaderPosition(), badSamples)
        defer { loader.stop() }
        // Nothing is there to be saved yet.
        try Task.checkCancellation()
        let clock = ContinuousClock()
        let start = clock.now
        let pairs = try loop(trainer, loader, plan, from: checkpoint, badSamples, onNotice, onProgress)
        let seconds = (clock.now - start) / .seconds(1)
        let saved = try save(trainer, plan)
        return Outcome(
            folder: folder, saved: saved, steps: trainer.step, pairs: pairs,
            earlierPairs: checkpoint?.position.samplesSeen ?? 0,
            seconds: seconds, report: loader.report, skipped: plan.dataset.skipped)
    }

    /// Opens the configuration's files, on a thread that is ready for tensor work.
    func preparePlan() throws -> TrainingPlan {
        Engine.flushDenormals()
        try device.checkAvailable()
        return try TrainingPlan(configuration, device: device, models: models)
    }

    func makeTrainer(_ plan: TrainingPlan) throws -> Trainer {
        let model = try makeModel(plan)
        let head = try configuration.head.map { try plan.makeHead($0, model) }
        return try Trainer(
            model, configuration.trainerConfiguration(plan), teacher: plan.teacher?.opened(on: device), head: head,
            trains: plan.trained.contains)
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

    func makeLoader(
        _ plan: TrainingPlan, from position: LoaderPosition, _ badSamples: BadSampleLog? = nil
    ) throws -> BatchLoader {
        var options = LoaderOptions()
        options.batchSize = configuration.batchSize
        options.seed = configuration.seed
        options.distinctCaptions = configuration.distinctCaptions
        options.comparesImages = configuration.equalImagesMatch
        options.threads = configuration.loaderThreads
        options.badLimit = configuration.badSampleLimit
        options.mixedBlocks = configuration.data.mixedShards
        options.trimsTokens = plan.trimsTokens
        let size = plan.preprocessing
        let images =
            configuration.augmentation.map { BatchImages.augmented($0, height: size.height, width: size.width) }
            ?? .preprocessed(plan.preprocessing)
        return try BatchLoader(
            plan.dataset, images: images, tokenizer: plan.tokenizer, options: options, from: position
        ) { try badSamples?.append($0, epoch: $1) }
    }

    /// Trains until the last step; returns the number of pairs seen.
    private func loop(
        _ trainer: Trainer, _ loader: BatchLoader, _ plan: TrainingPlan, from checkpoint: Checkpoint?,
        _ badSamples: BadSampleLog, _ onNotice: (String) -> Void, _ onProgress: (Progress) -> Void
    ) throws -> Int {
        func nextBatch() throws -> Batch? { trainer.step < plan.steps ? try loader.next() : nil }
        // An older run's files stay as they are until the first batch and the validation set show that this one can be made.
        var next = try nextBatch()
        let observer = try RunObserver(plan, device: device, startingAt: trainer.step) {
            try folder.begin(plan, after: checkpoint, badSamples, onNotice: onNotice)
        }
        var pairs = checkpoint?.position.samplesSeen ?? 0
        if next != nil { try observer.measureStart(trainer, pairs: pairs) }
        while let batch = next {
            pairs = batch.samplesSeen
            let progress = try observer.step(trainer, batch, loader)
            onProgress(progress)
            // Before the checkpoint: what a run goes on from knows of every best model that was kept.
            if let best = observer.best, progress.validations.contains(best) { try save(best, trainer, plan) }
            let isCancelled = Task.isCancelled
            let isLast = isCancelled || trainer.step == plan.steps
            // The last one too: a run may be made longer afterwards.
            if configuration.checkpointEvery > 0, isLast || trainer.step % configuration.checkpointEvery == 0 {
                let checkpoint = Checkpoint(step: trainer.step, position: batch.next, configuration: configuration)
                try series.write(checkpoint, trainer, keeping: configuration.checkpointsKept, onNotice: onNotice)
            }
            if isLast { try observer.end(loader) }
            if isCancelled { throw CancellationError() }
            next = try nextBatch()
        }
        return pairs
    }

    /// Saves what came of the run; returns the folders.
    private func save(_ trainer: Trainer, _ plan: TrainingPlan) throws -> [String] {
        try withoutGradients {
            try trainer.withSavedParameters { try written(trainer, plan) }
        }
    }

    private func written(_ trainer: Trainer, _ plan: TrainingPlan) throws -> [String] {
        var saved: [String] = []
        let result = configuration.lora?.save ?? .merged
        if result != .adapter {
            try writeModel(trainer, plan, to: folder.model)
            saved.append(folder.model)
        }
        if result != .merged, let adapters = trainer.model.adapters {
            try AdapterFolder.write(adapters, of: plan.architecture, base: configuration.start, to: folder.adapter)
            saved.append(folder.adapter)
        }
        if let head = try trainer.savedHead() {
            try head.write(to: folder.head)
            saved.append(folder.head)
        }
        try folder.removeResults(but: saved)
        return saved
    }

    private func writeModel(
        _ trainer: Trainer, _ plan: TrainingPlan, to path: String, notes: [String: [UInt8]] = [:],
        head: ClassificationHead? = nil
    ) throws {
        try ModelFolder.write(
            trainer.model.merged(), plan.vocabulary, preprocessing: plan.preprocessing, to: path, layout: plan.layout,
            notes: notes, head: head)
    }

    /// Saves the model as it was measured, which is the best so far, and the classifier that belongs to it beside it.
    private func save(_ best: ValidationResult, _ trainer: Trainer, _ plan: TrainingPlan) throws {
        let note = [RunFolder.bestNote: Array(try JSONEncoder().encode(best)) + [UInt8(ascii: "\n")]]
        try withoutGradients {
            try trainer.withSavedParameters {
                try writeModel(trainer, plan, to: folder.best, notes: note, head: trainer.savedHead())
            }
        }
    }
}
