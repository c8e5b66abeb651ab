internal import CLIPFiles
public import CLIPImaging
public import CLIPModels

/// A run, as a file describes it. What a file leaves out has the value that stands here.
public struct TrainingConfiguration: Codable, Sendable, Hashable {
    /// The folder of the run: its configuration, metrics, checkpoints and, at the end, the model.
    public var output = "runs/train"
    /// What initialisation, the order of the samples and their augmentation are drawn from.
    public var seed: UInt64 = 0
    /// What is trained on.
    public var data = DataConfiguration()
    /// A published model's name, or an architecture in the words of open_clip's `model_cfg`. Left out where `start` says it.
    public var model: Architecture?
    /// A model folder to go on from: fine-tuning.
    public var start: String?
    /// The towers that stay as they are, wholly or in part.
    public var lock: LockConfiguration?
    /// Adapters that are trained in place of the weights.
    public var lora: LoRAConfiguration?
    /// A classifier that is trained in place of the contrast with captions.
    public var head: HeadConfiguration?
    /// What an image transformer that is trained from scratch knows about places: `published`, or `plane_waves`.
    public var imagePositions = FreshParameters.ImagePositions.published
    /// Where the vocabulary comes from. Left out, it is the one of `start`.
    public var tokenizer: TokenizerConfiguration?
    /// How images are normalised.
    public var image = ImageConfiguration()
    /// What is done to images at random.
    public var augmentation: ImageAugmentation? = ImageAugmentation()
    /// How gradients change parameters.
    public var optimiser = OptimiserConfiguration()
    /// Passes over the data; exactly one of `epochs` and `steps` is given.
    public var epochs: Int?
    /// Batches to train on.
    public var steps: Int?
    /// Pairs in a batch.
    public var batchSize = 256
    /// The highest learning rate.
    public var learningRate = 5e-4
    /// The number of steps over which the rate rises.
    public var warmupSteps = 100
    /// What the rate does afterwards.
    public var schedule = ScheduleConfiguration()
    /// `fp32`, or `bf16` for products in 16 bits.
    public var precision = Precision.bf16
    /// What each image of a batch is asked.
    public var loss = LossConfiguration.Kind.contrastive
    /// Pairs that go through the towers at a time; the loss is the whole batch's. By default the batch.
    public var microBatchSize: Int?
    /// Whether blocks are computed a second time for their gradients, which saves most of a step's memory.
    public var activationCheckpointing = false
    /// The share of an image's patches that a step leaves out.
    public var patchDropout = 0.0
    /// The decay of a running average of the parameters, which the saved model then has.
    public var averageDecay: Double?
    /// A model whose choices are learned beside the captions.
    public var distillation: DistillationConfiguration?
    /// Whether pairs of a batch with the same image count as matches of one another.
    public var equalImagesMatch = false
    /// Whether pairs of a batch with equal captions count as matches of one another.
    public var equalCaptionsMatch = false
    /// The weight of a term in which a pair chooses only between itself and its twin, for data that comes in twins.
    public var twinWeight = 0.0
    /// Whether no two pairs of a batch may have the same caption.
    public var distinctCaptions = false
    /// The largest factor on similarities.
    public var largestLogitScale = 100.0
    /// What the run is measured on while it goes on.
    public var validation: ValidationConfiguration?
    /// Steps between checkpoints; 0 writes none.
    public var checkpointEvery = 1000
    /// How many checkpoints are kept: the last ones.
    public var checkpointsKept = 2
    /// Threads that decode and augment beside the trainer.
    public var loaderThreads = 1
    /// The share of the samples read that may be bad; past it the run stops.
    public var badSampleLimit = 0.1

    /// A run with all defaults, which still lacks data, a model and a length.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case output, seed, data, model, start, lock, lora, head
        case tokenizer, image, augmentation, optimiser, epochs, steps
        case imagePositions = "image_positions"
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case warmupSteps = "warmup_steps"
        case schedule, loss, precision, distillation
        case microBatchSize = "micro_batch_size"
        case activationCheckpointing = "activation_checkpointing"
        case patchDropout = "patch_dropout"
        case averageDecay = "average_decay"
        case equalImagesMatch = "equal_images_match"
        case equalCaptionsMatch = "equal_captions_match"
        case twinWeight = "twin_weight"
        case distinctCaptions = "distinct_captions"
        case largestLogitScale = "largest_logit_scale"
        case validation
        case checkpointEvery = "checkpoint_every"
        case checkpointsKept = "checkpoints_kept"
        case loaderThreads = "loader_threads"
        case badSampleLimit = "bad_sample_limit"
    }
}

extension TrainingConfiguration {
    /// A published model's name or an architecture of one's own.
    public enum Architecture: Codable, Sendable, Hashable {
        case preset(String)
        case custom(CLIPConfiguration)

        public init(from decoder: any Decoder) throws {
            if let name = try? decoder.singleValueContainer().decode(String.self) {
                self = .preset(name)
            } else {
                self = .custom(try CLIPConfiguration(from: decoder))
            }
        }

        public func encode(to encoder: any Encoder) throws {
            switch self {
            case .preset(let name):
                var container = encoder.singleValueContainer()
                try container.encode(name)
            case .custom(let configuration): try configuration.encode(to: encoder)
            }
        }
    }

    /// Where a vocabulary comes from: exactly one is given.
    public struct TokenizerConfiguration: Codable, Sendable, Hashable {
        /// A file or folder with a vocabulary.
        public var from: String?
        /// The size of a vocabulary to learn from the captions.
        public var learn: Int?

        /// A vocabulary from a file or folder, or one of a size to learn.
        public init(from: String? = nil, learn: Int? = nil) {
            self.from = from
            self.learn = learn
        }
    }

    /// How images are normalised: OpenAI's mean and deviation of each channel.
    public struct ImageConfiguration: Codable, Sendable, Hashable {
        public var mean = ImagePreprocessing.openAIMean
        public var std = ImagePreprocessing.openAIStd

        /// OpenAI's values.
        public init() {}
    }

    /// What the learning rate does after its rise.
    public struct ScheduleConfiguration: Codable, Sendable, Hashable {
        /// The shape of the schedule.
        public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
            /// Half a cosine down to 0.
            case cosine
            /// The highest rate to the end.
            case constant
            /// The highest rate, and a fall at the end.
            case constantCooldown = "constant_cooldown"

            public init(from decoder: any Decoder) throws { self = try decoder.word() }
        }

        /// The shape.
        public var kind = Kind.cosine
        /// The last steps, over which the rate falls.
        public var cooldownSteps = 0
        /// The power of the fall: 1 is a straight line.
        public var cooldownPower = 1.0
        /// The rate at the end of the fall.
        public var cooldownEnd = 0.0

        /// Half a cosine.
        public init() {}

        private enum CodingKeys: String, CodingKey {
            case kind
            case cooldownSteps = "cooldown_steps"
            case cooldownPower = "cooldown_power"
            case cooldownEnd = "cooldown_end"
        }
    }

    /// A model whose choices are learned beside the captions.
    public struct DistillationConfiguration: Codable, Sendable, Hashable {
        /// The model: a folder, a file of it, or a name on the hub.
        public var teacher: String
        /// What its choices weigh against the captions.
        public var weight = 1.0

        /// A teacher whose choices weigh as much as the captions.
        public init(teacher: String) { self.teacher = teacher }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            teacher = try container.decode(String.self, forKey: .teacher)
            weight = try container.decodeIfPresent(Double.self, forKey: .weight) ?? weight
        }

        private enum CodingKeys: String, CodingKey {
            case teacher, weight
        }
    }
}
