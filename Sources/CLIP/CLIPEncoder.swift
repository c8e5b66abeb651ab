public import CLIPCheckpoints
internal import CLIPFiles
internal import CLIPHub
public import CLIPImaging
public import CLIPModels
public import CLIPTensor
public import CLIPTokenization

/// A CLIP model that embeds images and texts and classifies without training.
///
/// ```swift
/// let clip = try await CLIPEncoder(model: "runs/emoji/model")
/// let images = try await clip.embed(images: ["dog.jpg", "cat.png"])
/// let texts = try await clip.embed(texts: ["a photo of a dog", "a photo of a cat"])
/// let cosines = images.similarities(to: texts)                           // [[0.31, 0.12], [0.10, 0.29]]
/// ```
///
/// An encoder is safe to use from any number of tasks: images are decoded on several threads, and all tensor work is done
/// in turn on one thread of the encoder's own. A task that is cancelled throws `CancellationError` before its next batch.
public actor CLIPEncoder {
    /// How the model computes.
    public struct Options: Sendable {
        /// Where the model computes.
        public var device: Device = .cpu
        /// The precision of the towers' products. Embeddings are 32-bit numbers in every one.
        public var precision: EncoderPrecision = .float32
        /// The number of images or texts that go through a tower at once.
        public var batchSize = 32
        /// The architecture of a file of weights alone, as open_clip calls it (`ViT-B-32-quickgelu`).
        public var architecture: String?
        /// The side of the images that the model sees, where it is not that of its training.
        public var imageSize: Int?
        /// The folder of a LoRA adapter, in PEFT's format, whose changes are added to the weights.
        public var adapter: String?
        /// Another model of the same architecture whose weights are averaged with these.
        public var average: ModelFolder.Average?
        /// How large an image may be.
        public var imageLimits: DecodingLimits = .default

        /// The defaults.
        public init() {}

        /// What of them says how the model is opened.
        var opening: ModelFolder.Options {
            var opening = ModelFolder.Options()
            (opening.architecture, opening.imageSize) = (architecture, imageSize)
            (opening.adapter, opening.average) = (adapter, average)
            return opening
        }
    }

    /// How the model was opened.
    public nonisolated let options: Options
    /// The architecture.
    public nonisolated let configuration: CLIPConfiguration
    /// What is done to an image before the image tower sees it.
    public nonisolated let preprocessing: ImagePreprocessing

    private let thread: TensorThread
    private let folder: ModelFolder
    private var model: CLIPModel?
    private var openedTokenizer: (any Tokenizer)?

    /// The thread of the encoder's own on which all of its tensor work is done.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// The width of the embeddings.
    public nonisolated var width: Int { configuration.embeddingWidth }

    /// Opens a model and reads its weights.
    ///
    /// - Parameter model: A model's folder in Hugging Face's or open_clip's layout, a file in it, or `ORG/NAME` on the
    ///   Hugging Face hub, which is downloaded into the shared cache where it is not there.
    /// - Throws: `FileError` or `VocabularyError` naming the file, what was expected and what was found; `TensorError`
    ///   where the device is not there; `HubError` where the hub does not give the model.
    public init(model: String, options: Options = Options()) async throws {
        precondition(options.batchSize > 0, "a batch holds at least one input")
        try options.device.checkAvailable()
        folder = try await ModelFolder(opening: ModelLocation(of: model).path, options: options.opening)
        self.options = options
        configuration = folder.configuration
        preprocessing = folder.preprocessing
        thread = TensorThread(name: "CLIP encoder")
        // From here on the initialiser runs on the thread: no weight is touched elsewhere.
        _ = try loaded()
    }

    deinit {
        thread.stop()
    }

    /// Turns texts into the ids that the text tower reads. It is opened when it is first asked for: a vocabulary may be
    /// large, or missing, and images need none.
    ///
    /// Throws `VocabularyError` where the model has no vocabulary or a damaged one.
    public func tokenizer() throws -> any Tokenizer {
        if let openedTokenizer { return openedTokenizer }
        let tokenizer = try folder.tokenizer()
        openedTokenizer = tokenizer
        return tokenizer
    }

    private func loaded() throws -> CLIPModel {
        if let model { return model }
        let parameters = folder.parameters(device: options.device)
        let model = try CLIPModel(configuration, parameters: options.precision.prepared(parameters))
        self.model = model
        return model
    }

    /// Embeds a batch of pixels; the rows are not normalised.
    func run(_ pixels: PixelBatch) throws -> Embeddings {
        try withoutGradients {
            let model = try loaded()
            let images = try pixels.tensor().moved(to: options.device)
            return try embeddings(options.precision.computing(on: options.device) { try model.visual(images, Pass()) })
        }
    }

    /// The embeddings of a batch of pixels and what was projected; the rows are not normalised.
    func features(_ pixels: PixelBatch) throws -> (embeddings: Embeddings, pooled: Embeddings) {
        try withoutGradients {
            let model = try loaded()
            let images = try pixels.tensor().moved(to: options.device)
            let features = try options.precision.computing(on: options.device) {
                try model.visual.features(images, Pass())
            }
            return (try embeddings(features.embedding), try embeddings(features.pooled))
        }
    }

    /// The files of the model's weights.
    var weightPaths: [String] { folder.weights.paths }

    /// Embeds a batch of token ids, each text's from start to end; the rows are not normalised.
    func run(_ texts: ArraySlice<TokenizedText>) throws -> Embeddings {
        try withoutGradients {
            let (model, tokenizer) = (try loaded(), try tokenizer())
            // Where what follows the end changes nothing, the longest text of the batch is length enough.
            let isPadded = configuration.text.isPaddedAlways
            let length = isPadded ? configuration.text.contextLength : texts.map(\.ids.count).max() ?? 0
            let ids = texts.flatMap { tokenizer.row($0.ids, length: length) }
            let tokens = try Tensor(ids, shape: [texts.count, length]).moved(to: options.device)
            return try embeddings(options.precision.computing(on: options.device) { try model.text(tokens, Pass()) })
        }
    }

    /// The probability of each label for each image, `[images][labels]`: the softmax over the logits, or of a model with a
    /// logit bias, which was trained to judge each pair for itself, their sigmoids.
    func probabilities(_ images: Embeddings, _ labels: Embeddings) throws -> [[Float]] {
        try withoutGradients {
            let logits = try loaded().logits(images: images.tensor(), texts: labels.tensor())
            return try rows(loaded().logitBias == nil ? logits.softmax() : logits.sigmoid())
        }
    }

    /// The probability of each label of a trained classifier for each image, `[images][labels]`: the softmax over the logits.
    func probabilities(_ images: Embeddings, _ head: ClassificationHead) throws -> [[Float]] {
        try withoutGradients {
            let weight = try Tensor(head.weights, shape: [head.labels.count, head.width])
            let bias = try Tensor(head.biases, shape: [head.labels.count])
            return try rows(images.tensor().linear(weight: weight, bias: bias).softmax())
        }
    }

    /// The cosines of each image with each text, both of length 1: `[images][texts]`.
    func cosines(_ images: Embeddings, _ texts: Embeddings) throws -> [[Float]] {
        try withoutGradients { try rows(images.tensor().matrixProduct(texts.tensor().transposed())) }
    }

    /// The probability of each label of a few-shot adapter for each image, `[images][labels]`: the softmax over the logits.
    func probabilities(_ images: Embeddings, _ adapter: FewShotAdapter) throws -> [[Float]] {
        try withoutGradients { try rows(adapter.logits(images.tensor()).softmax()) }
    }

    /// The scaled cosines of each image with each text, both of length 1, and the bias where there is one:
    /// `[images][texts]`.
    func logits(_ images: Embeddings, _ texts: Embeddings) throws -> [[Float]] {
        try withoutGradients { try rows(loaded().logits(images: images.tensor(), texts: texts.tensor())) }
    }

    /// e to the power of the logit scale.
    package func logitFactor() throws -> Double {
        try withoutGradients { try loaded().logitScale.exponential().scalar() }
    }

    /// The names of tensors with a component that is no finite number.
    func infiniteParameters() throws -> [String] {
        try withoutGradients {
            let model = try loaded()
            return try (model.parameters + model.buffers).filter { entry in
                try !entry.tensor.isFinite()
            }.map(\.name)
        }
    }

    private func rows(_ matrix: Tensor) throws -> [[Float]] {
        let (count, width) = (matrix.size(0), matrix.size(1))
        let values = try finite(matrix)
        return (0..<count).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }

    private func embeddings(_ rows: Tensor) throws -> Embeddings {
        Embeddings(width: rows.size(1), values: try finite(rows))
    }

    /// The elements of a result. A model with a weight that is not a number gives results that are none either.
    private func finite(_ result: Tensor) throws -> [Float] {
        let values = try result.elements(as: Float.self)
        guard let wrong = values.first(where: { !$0.isFinite }) else { return values }
        throw FileError(
            .badData, path: folder.path, "expected weights that give finite numbers, found \(wrong) in the results")
    }
}
