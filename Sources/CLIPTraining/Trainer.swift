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
        public var precision = Precision.fp32
        public var equalCaptionsMatch = false
        /// The weight of the choice between twins.
        public var twinWeight = 0.0
        /// The largest factor on similarities; its logarithm is the bound of the clamp after each step.
        public var largestLogitScale = 100.0
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
    /// Called in each step when the gradients are there, and before they change the parameters.
    package var beforeUpdate: (() throws -> Void)?
    private let configuration: Configuration
    private let optimiser: Optimiser
    private let loss: ContrastiveLoss
    private let device: Device
    private let mean: Tensor
    private let std: Tensor

    /// Takes a model to train. Its parameters must be 32-bit and its own.
    public init(_ model: CLIPModel, _ configuration: Configuration) throws {
        self.model = model
        self.configuration = configuration
        device = model.logitScale.device
        for parameter in model.parameters { try parameter.tensor.requireGradient() }
        optimiser = try Optimiser(model.parameters, configuration.optimiser)
        loss = ContrastiveLoss(
            equalCaptionsMatch: configuration.equalCaptionsMatch, twinWeight: configuration.twinWeight)
        mean = try Tensor(configuration.mean, shape: [1, 3, 1, 1]).moved(to: device)
        std = try Tensor(configuration.std, shape: [1, 3, 1, 1]).moved(to: device)
    }

    /// Takes one step on a batch.
    public func step(on batch: Batch) throws -> StepMetrics {
        let pixels = try Tensor(batch.pixels, shape: [batch.count, 3, batch.height, batch.width]).moved(to: device)
        let tokens = try Tensor(batch.tokens, shape: [batch.count, batch.tokenWidth]).moved(to: device)
        return try step(
            pixels: (pixels.cast(to: .float32) / 255.0 - mean) / std, tokens: tokens, firstEqual: batch.firstEqual)
    }

    /// Takes one step on normalised pixels `[B, 3, height, width]` and their tokens `[B, length]`.
    public func step(pixels: Tensor, tokens: Tensor, firstEqual: [Int32]) throws -> StepMetrics {
        let value = try computeLoss(pixels: pixels, tokens: tokens, firstEqual: firstEqual)
        let loss = try value.scalar()
        guard loss.isFinite else { throw NonFiniteStep(quantity: "loss", value: loss) }
        try value.backward()
        try beforeUpdate?()
        let rate = configuration.schedule.rate(at: step)
        let norm = try optimiser.step(learningRate: rate)
        try withoutGradients { try model.logitScale.clamp(0...log(configuration.largestLogitScale)) }
        step += 1
        return StepMetrics(
            loss: loss, logitScale: exp(try model.logitScale.scalar()), learningRate: rate, gradientNorm: norm)
    }

    /// The loss of a batch, with its history for ``Tensor/backward()``.
    public func computeLoss(pixels: Tensor, tokens: Tensor, firstEqual: [Int32]) throws -> Tensor {
        let autocast = configuration.precision.autocast
        let pass = Pass(isTraining: true, streamType: autocast)
        let (images, texts) = try withAutocast(autocast, on: device) {
            (try model.visual(pixels, pass), try model.text(tokens, pass))
        }
        // Cosines decide by their last digits: they and the loss are computed in 32 bits.
        let logits = try model.logits(
            images: images.cast(to: .float32).normalized(), texts: texts.cast(to: .float32).normalized())
        return try loss(logits: logits, firstEqual: firstEqual)
    }

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
