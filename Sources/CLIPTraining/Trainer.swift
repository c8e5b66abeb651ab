import CLIPCheckpoints
public import CLIPData
internal import CLIPFiles
import CLIPImaging
public import CLIPModels
public import CLIPTensor

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// What a step is computed with.
public enum Precision: String, Codable, Sendable, Hashable, CaseIterable {
    /// 32 bits throughout.
    case fp32
    /// Products in bfloat16 under autocast, parameters in 32 bits.
    case bf16

    var autocast: DType? { self == .bf16 ? .bfloat16 : nil }

    public init(from decoder: any Decoder) throws { self = try decoder.word() }
}

/// What a step showed.
public struct StepMetrics: Codable, Sendable, Hashable {
    /// The loss of the batch before the step.
    public var loss: Double
    /// e to the power of the logit scale after the step.
    public var logitScale: Double
    /// The rate that the step was taken with.
    public var learningRate: Double
    /// The Euclidean norm of all gradients together, before any limit.
    public var gradientNorm: Double

    private enum CodingKeys: String, CodingKey {
        case loss
        case logitScale = "logit_scale"
        case learningRate = "learning_rate"
        case gradientNorm = "gradient_norm"
    }
}

/// Trains a model, a batch a step.
public final class Trainer {
    /// What a step does.
    public struct Configuration: Sendable, Hashable {
        public var optimiser = OptimiserConfiguration()
        public var schedule: LearningRateSchedule
        public var loss = LossConfiguration()
        public var precision = Precision.fp32
        /// How many pairs go through the towers at a time; nil is all of a batch. The loss and its gradients are those of
        /// the whole batch.
        public var microBatchSize: Int?
        /// Whether blocks keep their input alone and are computed a second time for their gradients.
        public var recomputesBlocks = false
        /// The share of an image's patches that a step leaves out.
        public var patchDropout = 0.0
        /// The decay of the running average of the parameters; nil keeps none.
        public var averageDecay: Double?
        /// The largest factor on similarities; its logarithm is the bound of the clamp after each step.
        public var largestLogitScale = 100.0
        /// Whether batch norms that do not train keep their running statistics.
        public var freezesLockedStatistics = false
        /// What patches are dropped by.
        public var seed: UInt64 = 0
        /// Mean and deviation of each channel, by which pixels are normalised.
        public var mean: [Float]
        public var std: [Float]

        /// The published values, in 32 bits.
        public init(schedule: LearningRateSchedule, mean: [Float], std: [Float]) {
            self.schedule = schedule
            self.mean = mean
            self.std = std
        }
    }

    /// The model, whose parameters change.
    public let model: CLIPModel
    /// The number of steps taken.
    public private(set) var step = 0
    /// The running average of the parameters, where one is kept.
    public let average: ParameterAverage?
    /// Called in each step when the gradients are there, and before they change the parameters.
    package var beforeUpdate: (() throws -> Void)?
    private let configuration: Configuration
    private let optimiser: Optimiser
    private let teacher: Teacher?
    private let head: LinearHead?
    /// What steps change.
    private let trained: [NamedTensor]
    /// The towers with something in them that steps change.
    private let trainedTowers: Set<Tower>
    /// The parameters of the model that stay as they are.
    private let frozen: [NamedTensor]
    private var knownFingerprint: String?
    private let device: Device
    private let normalisation: PixelNormalisation

    /// Takes a model to train. Its parameters must be 32-bit and its own.
    ///
    /// - Parameters:
    ///   - teacher: a model whose choices are learned beside the captions.
    ///   - trains: whether the parameter of a name changes; the others have no gradient and no place in the optimiser, and
    ///     what is computed from them alone is not recorded. Adapters of the model always change.
    public convenience init(
        _ model: CLIPModel, _ configuration: Configuration, teacher: Teacher? = nil,
        trains: (String) -> Bool = { _ in true }
    ) throws {
        try self.init(model, configuration, teacher: teacher, head: nil, trains: trains)
    }

    /// The same with a classifier, which is trained in place of the contrast with texts.
    init(
        _ model: CLIPModel, _ configuration: Configuration, teacher: Teacher? = nil, head: LinearHead?,
        trains: (String) -> Bool
    ) throws {
        self.model = model
        self.configuration = configuration
        (self.teacher, self.head) = (teacher, head)
        device = model.logitScale.device
        func isTrained(_ parameter: NamedTensor) -> Bool {
            trains(parameter.name) || model.adapters?.saved(parameter.name) != nil
        }
        frozen = model.parameters.filter { !isTrained($0) }
        trained =
            model.parameters.filter { isTrained($0) } + (model.adapters?.tensors ?? []) + (head?.parameters ?? [])
        let groups = Tower.allCases.map { TowerGroups($0, of: model.configuration) }
        trainedTowers = Set(
            groups.filter { [trained] tower in trained.contains { tower.index(of: $0.name) != nil } }.map(\.tower))
        for parameter in frozen { try parameter.tensor.requireGradient(false) }
        for parameter in trained { try parameter.tensor.requireGradient() }
        optimiser = try Optimiser(trained, configuration.optimiser, groups)
        average = try configuration.averageDecay.map { [trained] in try ParameterAverage(of: trained, decay: $0) }
        normalisation = try PixelNormalisation(mean: configuration.mean, std: configuration.std, on: device)
    }

    /// Takes one step on a batch.
    public func step(on batch: Batch) throws -> StepMetrics {
        let samples = try Tensor(batch.pixels, shape: [batch.count, 3, batch.height, batch.width]).moved(to: device)
        let tokens = try Tensor(batch.tokens, shape: [batch.count, batch.tokenWidth]).moved(to: device)
        let matches = configuration.loss.matches(
            count: batch.count, equalCaptions: batch.firstEqual, equalImages: batch.firstEqualImage)
        let input = TowerInput(samples: samples, tokens: tokens, normalisation)
        if let head { return try update(after: accumulateGradients(input, classes: batch.captions, head)) }
        let taught = try teacher.map { teacher in
            try features(of: TowerInput(samples: samples, tokens: tokens, teacher.normalisation), teacher)
        }
        return try update(after: accumulateGradients(input, matches, taught))
    }

    /// Takes one step on normalised pixels `[B, 3, height, width]` and their tokens `[B, length]`, which a teacher reads too.
    public func step(pixels: Tensor, tokens: Tensor, matches: Matches) throws -> StepMetrics {
        let input = TowerInput(pixels: pixels, tokens: tokens)
        let taught = try teacher.map { try features(of: input, $0) }
        return try update(after: accumulateGradients(input, matches, taught))
    }

    private func features(of input: TowerInput, _ teacher: Teacher) throws -> PairFeatures {
        try teacher.features(of: input, chunks(of: input.count))
    }

    /// Changes the parameters along the gradients of a loss.
    private func update(after loss: Double) throws -> StepMetrics {
        try beforeUpdate?()
        let rate = configuration.schedule.rate(at: step)
        let norm = try optimiser.step(learningRate: rate)
        if model.logitScale.requiresGradient {
            try withoutGradients { try model.logitScale.clamp(0...log(configuration.largestLogitScale)) }
        }
        step += 1
        try average?.update(after: step)
        let scale = exp(try model.logitScale.scalar())
        return StepMetrics(loss: loss, logitScale: scale, learningRate: rate, gradientNorm: norm)
    }

    /// Adds the gradients of a batch's loss to the parameters' and returns the loss.
    package func accumulateGradients(
        _ input: TowerInput, _ matches: Matches, _ taught: PairFeatures? = nil
    ) throws -> Double {
        let pass = try trainingPass(of: input.count)
        let chunks = chunks(of: input.count)
        if chunks.count > 1 {
            return try accumulate(chunks, input, pass) { try configuration.loss($0, matches, teacher: taught) }
        }
        let loss = try configuration.loss(model.features(of: input, pass), matches, teacher: taught)
        let value = try finite(loss)
        try loss.backward()
        return value
    }

    /// The same of a classifier's loss, a chunk at a time.
    private func accumulateGradients(_ input: TowerInput, classes: [String], _ head: LinearHead) throws -> Double {
        let pass = try trainingPass(of: input.count)
        return try chunks(of: input.count).reduce(0) { sum, chunk in
            let images = try model.images(of: input[chunk], pass.part(chunk))
            let loss = try head.loss(images, classes: Array(classes[chunk]))
            let share = Double(chunk.count) / Double(input.count)
            let value = try finite(loss)
            try (loss * share).backward()
            return sum + share * value
        }
    }

    private func trainingPass(of count: Int) throws -> Pass {
        var pass = Pass(isTraining: true, streamType: configuration.precision.autocast)
        pass.recomputesBlocks = configuration.recomputesBlocks
        pass.freezesLockedStatistics = configuration.freezesLockedStatistics
        pass.keptPatches = try keptPatches(of: count)
        return pass
    }

    /// The gradients of a batch that goes through the towers in chunks (Gao et al. 2021): all embeddings without history,
    /// then the loss of the whole batch and its gradients by them, then each chunk again with its gradients.
    private func accumulate(
        _ chunks: [Range<Int>], _ input: TowerInput, _ pass: Pass, _ computeLoss: (PairFeatures) throws -> Tensor
    ) throws -> Double {
        let parts = try withoutGradients { try chunks.map { try model.features(of: input[$0], pass.part($0)) } }
        let images = try Tensor.concatenated(parts.map(\.images), axis: 0)
        let texts = try Tensor.concatenated(parts.map(\.texts), axis: 0)
        // A tower that is locked is not computed again.
        if trainedTowers.contains(.image) { try images.requireGradient() }
        if trainedTowers.contains(.text) { try texts.requireGradient() }
        let loss = try computeLoss(model.features(images: images, texts: texts))
        let value = try finite(loss)
        try loss.backward()
        for chunk in chunks {
            var again = try pass.part(chunk)
            again.isRecomputing = true
            let part = try input[chunk]
            var recorded: [(features: Tensor, slope: Tensor)] = []
            if let slope = images.gradient { recorded.append((try model.images(of: part, again), slope)) }
            if let slope = texts.gradient { recorded.append((try model.texts(of: part, again), slope)) }
            guard !recorded.isEmpty else { break }
            try Tensor.backward(recorded.map(\.features), gradients: recorded.map { try $0.slope.slice(0, chunk) })
        }
        return value
    }

    private func chunks(of count: Int) -> [Range<Int>] {
        let size = configuration.microBatchSize ?? count
        return stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
    }

    /// The value of a loss. Throws before a gradient is taken of one that is none: the parameters are still those of the
    /// step before.
    private func finite(_ loss: Tensor) throws -> Double {
        let value = try loss.scalar()
        guard value.isFinite else { throw NonFiniteStep(quantity: "loss", value: value) }
        return value
    }

    /// The patches that this step sees of each image, drawn from the seed and the step.
    private func keptPatches(of count: Int) throws -> Tensor? {
        guard configuration.patchDropout > 0, let patches = model.configuration.vision.patchCount else { return nil }
        var generator = SeededGenerator(seed: configuration.seed, stream: UInt64(step))
        let kept = max(1, Int(Double(patches) * (1 - configuration.patchDropout)))
        let indices = (0..<count).flatMap { _ in
            var all = Array(0..<Int64(patches))
            for index in 0..<kept { all.swapAt(index, index + generator.index(below: patches - index)) }
            return all.prefix(kept)
        }
        return try Tensor(indices, shape: [count, kept]).moved(to: device)
    }

    /// Calls `body` while the model has the parameters that are to be saved: the averages where they are kept.
    package func withSavedParameters<Result>(_ body: () throws -> Result) throws -> Result {
        try average.map { try $0.applied(body) } ?? body()
    }

    /// The tensors that steps change, by name: what a checkpoint keeps of the model, its adapters and its head.
    package var changing: [NamedTensor] { trained + model.buffers }

    /// What tells whether the parameters that no step changes are those of another run; nil where all change.
    package func frozenFingerprint() throws -> String? {
        if knownFingerprint == nil { knownFingerprint = try WeightFingerprint.of(frozen) }
        return knownFingerprint
    }

    /// The classifier as it is saved.
    func savedHead() throws -> ClassificationHead? { try head?.saved() }

    /// What a checkpoint keeps beside the model, by name.
    package var state: [NamedTensor] { optimiser.state + (average?.state ?? []) }

    /// Goes on from a checkpoint's state.
    package func resume(at step: Int, tensor: (String) throws -> Tensor?) throws {
        for saved in state {
            guard let found = try tensor(saved.name), found.shape == saved.tensor.shape else {
                throw TrainingError(
                    "the checkpoint: expected a tensor \(saved.name) of the shape \(saved.tensor.shape)")
            }
            try withoutGradients { try saved.tensor.copy(from: found) }
        }
        self.step = step
    }
}

extension Pass {
    /// The pass of some of a batch's pairs.
    fileprivate func part(_ rows: Range<Int>) throws -> Pass {
        var part = self
        part.keptPatches = try keptPatches?.slice(0, rows)
        return part
    }
}
