public import CLIPImaging
public import CLIPModels

/// A run, as a file describes it. What a file leaves out has the value that stands here.
public struct TrainingConfiguration: Codable, Sendable, Hashable {
    /// The folder of the run: its configuration, metrics, checkpoint and, at the end, the model.
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
    /// `fp32`, or `bf16` for products in 16 bits.
    public var precision = Precision.bf16
    /// Whether pairs of a batch with equal captions count as matches of one another.
    public var equalCaptionsMatch = false
    /// The weight of a term in which a pair chooses only between itself and its twin, for data that comes in twins.
    public var twinWeight = 0.0
    /// Whether no two pairs of a batch may have the same caption.
    public var distinctCaptions = false
    /// The largest factor on similarities.
    public var largestLogitScale = 100.0
    /// Steps between checkpoints; 0 writes none.
    public var checkpointEvery = 1000
    /// Threads that decode and augment beside the trainer.
    public var loaderThreads = 1

    /// A run with all defaults, which still lacks data, a model and a length.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case output, seed, data, model, start, lock, lora, head
        case tokenizer, image, augmentation, optimiser, epochs, steps
        case imagePositions = "image_positions"
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case warmupSteps = "warmup_steps"
        case precision
        case equalCaptionsMatch = "equal_captions_match"
        case twinWeight = "twin_weight"
        case distinctCaptions = "distinct_captions"
        case largestLogitScale = "largest_logit_scale"
        case checkpointEvery = "checkpoint_every"
        case loaderThreads = "loader_threads"
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
}
