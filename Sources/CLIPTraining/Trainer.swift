public import CLIPData
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
    private let device: Device
    private let normalisation: PixelNormalisation

    /// Takes a model to train. Its parameters must be 32-bit and its own.
    public init(_ model: CLIPModel, _ configuration: Configuration, teacher: Teacher? = nil) throws {
        self.model = model
        self.configuration = configuration
        self.teacher = teacher
        device = model.logitScale.device
        for parameter in model.parameters { try parameter.tensor.requireGradient() }
        optimiser = try Optimiser(model.parameters, configuration.optimiser)
        average = try configuration.averageDecay.map { try ParameterAverage(of: model, decay: $0) }
        normalisation = try PixelNormalisation(mean: configuration.mean, std: configuration.std, on: device)
    }

    /// Takes one step on a batch.
    public func step(on batch: Batch) throws -> StepMetrics {
        let samples = try Tensor(batch.pixels, shape: [batch.count, 3, batch.height, batch.width]).moved(to: device)
        let tokens = try Tensor(batch.tokens, shape: [batch.count, batch.tokenWidth]).moved(to: device)
        let matches = configuration.loss.matches(
            count: batch.count, equalCaptions: batch.firstEqual, equalImages: batch.firstEqualImage)
        return try step(TowerInput(pixels: normalisation(samples), tokens: tokens), matches) {
            TowerInput(pixels: try $0(samples), tokens: tokens)
        }
    }

    /// Takes one step on normalised pixels `[B, 3, height, width]` and their tokens `[B, length]`, which a teacher reads too.
    public func step(pixels: Tensor, tokens: Tensor, matches: Matches) throws -> StepMetrics {
        let input = TowerInput(pixels: pixels, tokens: tokens)
        return try step(input, matches) { _ in input }
    }

    private func step(
        _ input: TowerInput, _ matches: Matches, forTeacher: (PixelNormalisation) throws -> TowerInput
    ) throws -> StepMetrics {
        let taught = try teacher.map { try $0.features(of: forTeacher($0.normalisation), chunks(of: input.count)) }
        let loss = try accumulateGradients(input, matches, taught)
        try beforeUpdate?()
        let rate = configuration.schedule.rate(at: step)
        let norm = try optimiser.step(learningRate: rate)
        try withoutGradients { try model.logitScale.clamp(0...log(configuration.largestLogitScale)) }
        step += 1
        try average?.update(after: step)
        let scale = exp(try model.logitScale.scalar())
        return StepMetrics(loss: loss, logitScale: scale, learningRate: rate, gradientNorm: norm)
    }

    /// Adds the gradients of a batch's loss to the parameters' and returns the loss.
    package func accumulateGradients(
        _ input: TowerInput, _ matches: Matches, _ taught: PairFeatures? = nil
    ) throws -> Double {
        var pass = Pass(isTraining: true, streamType: configuration.precision.autocast)
        pass.recomputesBlocks = configuration.recomputesBlocks
        pass.keptPatches = try keptPatches(of: input.count)
        let chunks = chunks(of: input.count)
        let loss: Tensor
        if chunks.count == 1 {
            loss = try configuration.loss(model.features(of: input, pass), matches, teacher: taught)
            try check(loss)
            try loss.backward()
        } else {
            loss = try accumulate(chunks, input, pass) { try configuration.loss($0, matches, teacher: taught) }
        }
        return try loss.scalar()
    }

    /// The gradients of a batch that goes through the towers in chunks (Gao et al. 2021): all embeddings without history,
    /// then the loss of the whole batch and its gradients by them, then each chunk again with its gradients.
    private func accumulate(
        _ chunks: [Range<Int>], _ input: TowerInput, _ pass: Pass, _ computeLoss: (PairFeatures) throws -> Tensor
    ) throws -> Tensor {
        let parts = try withoutGradients { try chunks.map { try model.features(of: input[$0], pass.part($0)) } }
        let images = try Tensor.concatenated(parts.map(\.images), axis: 0)
        let texts = try Tensor.concatenated(parts.map(\.texts), axis: 0)
        for features in [images, texts] { try features.requireGradient() }
        let loss = try computeLoss(model.features(images: images, texts: texts))
        try check(loss)
        try loss.backward()
        guard let byImages = images.gradient, let byTexts = texts.gradient else { return loss }
        for chunk in chunks {
            var again = try pass.part(chunk)
            again.isRecomputing = true
            let features = try model.features(of: input[chunk], again)
            try Tensor.backward(
                [features.images, features.texts], gradients: [byImages.slice(0, chunk), byTexts.slice(0, chunk)])
        }
        return loss
    }

    private func chunks(of count: Int) -> [Range<Int>] {
        let size = configuration.microBatchSize ?? count
        return stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
    }

    /// Throws before a gradient is taken of a loss that is none: the parameters are still those of the step before.
    private func check(_ loss: Tensor) throws {
        let value = try loss.scalar()
        guard value.isFinite else { throw NonFiniteStep(quantity: "loss", value: value) }
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
