import CLIPCheckpoints
public import CLIPData
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
}

/// What a step showed.
public struct StepMetrics: Codable, Sendable, Hashable {
    /// The loss of the batch before the step.
    public var loss: Double
    /// e to the power of the logit scale after the step.
    public var logitScale: Double
    /// The rate that the step was taken with.
    public var learningRate: Double

    private enum CodingKeys: String, CodingKey {
        case loss
        case logitScale = "logit_scale"
        case learningRate = "learning_rate"
    }
}

/// Trains a model, a batch a step.
public final class Trainer {
    /// What a step does.
    public struct Configuration: Sendable, Hashable {
        public var optimiser = OptimiserConfiguration()
        public var schedule: LearningRateSchedule
        public var precision = Precision.fp32
        public var equalCaptionsMatch = false
        /// The weight of the choice between twins.
        public var twinWeight = 0.0
        /// The largest factor on similarities; its logarithm is the bound of the clamp after each step.
        public var largestLogitScale = 100.0
        /// Whether batch norms that do not train keep their running statistics.
        public var freezesLockedStatistics = false
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
    private let configuration: Configuration
    private let optimiser: Optimiser
    private let head: LinearHead?
    /// What steps change.
    private let trained: [NamedTensor]
    /// The parameters of the model that stay as they are.
    private let frozen: [NamedTensor]
    private var knownFingerprint: String?
    private let loss: ContrastiveLoss
    private let device: Device
    private let mean: Tensor
    private let std: Tensor

    /// Takes a model to train. Its parameters must be 32-bit and its own.
    ///
    /// - Parameter trains: whether the parameter of a name changes; the others have no gradient and no place in the
    ///   optimiser, and what is computed from them alone is not recorded. Adapters of the model always change.
    public convenience init(
        _ model: CLIPModel, _ configuration: Configuration, trains: (String) -> Bool = { _ in true }
    ) throws {
        try self.init(model, configuration, head: nil, trains: trains)
    }

    /// The same with a classifier, which is trained in place of the contrast with texts.
    init(
        _ model: CLIPModel, _ configuration: Configuration, head: LinearHead?, trains: (String) -> Bool
    ) throws {
        self.model = model
        self.head = head
        self.configuration = configuration
        device = model.logitScale.device
        frozen = model.parameters.filter { !trains($0.name) }
        trained =
            model.parameters.filter { trains($0.name) } + (model.adapters?.tensors ?? []) + (head?.parameters ?? [])
        for parameter in frozen { try parameter.tensor.requireGradient(false) }
        for parameter in trained { try parameter.tensor.requireGradient() }
        optimiser = try Optimiser(trained, configuration.optimiser)
        loss = ContrastiveLoss(
            equalCaptionsMatch: configuration.equalCaptionsMatch, twinWeight: configuration.twinWeight)
        mean = try Tensor(configuration.mean, shape: [1, 3, 1, 1]).moved(to: device)
        std = try Tensor(configuration.std, shape: [1, 3, 1, 1]).moved(to: device)
    }

    /// Takes one step on a batch.
    public func step(on batch: Batch) throws -> StepMetrics {
        let pixels = try Tensor(batch.pixels, shape: [batch.count, 3, batch.height, batch.width]).moved(to: device)
        let normalised = try (pixels.cast(to: .float32) / 255.0 - mean) / std
        if let head { return try step(along: computeLoss(pixels: normalised, classes: batch.captions, head)) }
        let tokens = try Tensor(batch.tokens, shape: [batch.count, batch.tokenWidth]).moved(to: device)
        return try step(pixels: normalised, tokens: tokens, firstEqual: batch.firstEqual)
    }

    /// Takes one step on normalised pixels `[B, 3, height, width]` and their tokens `[B, length]`.
    public func step(pixels: Tensor, tokens: Tensor, firstEqual: [Int32]) throws -> StepMetrics {
        try step(along: computeLoss(pixels: pixels, tokens: tokens, firstEqual: firstEqual))
    }

    private func step(along value: Tensor) throws -> StepMetrics {
        try value.backward()
        let rate = configuration.schedule.rate(at: step)
        try optimiser.step(learningRate: rate)
        if model.logitScale.requiresGradient {
            try withoutGradients { try model.logitScale.clamp(0...log(configuration.largestLogitScale)) }
        }
        step += 1
        let loss = try value.scalar()
        guard loss.isFinite else {
            throw TrainingError("step \(step): expected a finite loss, found \(loss); a lower learning rate may help")
        }
        return StepMetrics(loss: loss, logitScale: exp(try model.logitScale.scalar()), learningRate: rate)
    }

    /// The loss of a batch, with its history for ``Tensor/backward()``.
    public func computeLoss(pixels: Tensor, tokens: Tensor, firstEqual: [Int32]) throws -> Tensor {
        let autocast = configuration.precision.autocast
        let pass = trainingPass
        let (images, texts) = try withAutocast(autocast, on: device) {
            (try model.visual(pixels, pass), try model.text(tokens, pass))
        }
        // Cosines decide by their last digits: they and the loss are computed in 32 bits.
        let logits = try model.logits(
            images: images.cast(to: .float32).normalized(), texts: texts.cast(to: .float32).normalized())
        return try loss(logits: logits, firstEqual: firstEqual)
    }

    /// The loss of a classifier.
    private func computeLoss(pixels: Tensor, classes: [String], _ head: LinearHead) throws -> Tensor {
        let images = try withAutocast(configuration.precision.autocast, on: device) {
            try model.visual(pixels, trainingPass)
        }
        return try head.loss(images.cast(to: .float32).normalized(), classes: classes)
    }

    private var trainingPass: Pass {
        var pass = Pass(isTraining: true, streamType: configuration.precision.autocast)
        pass.freezesLockedStatistics = configuration.freezesLockedStatistics
        return pass
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
    package var state: [NamedTensor] { optimiser.state }

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
