internal import CLIPCheckpoints
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
        /// How large an image may be.
        public var imageLimits: DecodingLimits = .default

        /// The defaults.
        public init() {}
    }

    /// How the model was opened.
    public nonisolated let options: Options
    /// The architecture.
    public nonisolated let configuration: CLIPConfiguration
    /// What is done to an image before the image tower sees it.
    public nonisolated let preprocessing: ImagePreprocessing
    /// Turns texts into the ids that the text tower reads.
    public nonisolated let tokenizer: CLIPTokenizer

    private let thread: TensorThread
    private let folder: ModelFolder
    private var model: CLIPModel?

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
        folder = try await ModelFolder(opening: ModelLocation(of: model).path)
        self.options = options
        configuration = folder.configuration
        preprocessing = folder.preprocessing
        tokenizer = try folder.tokenizer()
        thread = TensorThread(name: "CLIP encoder")
        // From here on the initialiser runs on the thread: no weight is touched elsewhere.
        _ = try loaded()
    }

    deinit {
        thread.stop()
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

    /// Embeds a batch of token ids, each text's from start to end; the rows are not normalised.
    func run(_ texts: ArraySlice<TokenizedText>) throws -> Embeddings {
        try withoutGradients {
            let model = try loaded()
            // What follows the end changes nothing, so the longest text of the batch is length enough.
            let length = texts.map(\.ids.count).max() ?? 0
            let ids = texts.flatMap { text in
                text.ids + repeatElement(tokenizer.paddingToken, count: length - text.ids.count)
            }
            let tokens = try Tensor(ids, shape: [texts.count, length]).moved(to: options.device)
            return try embeddings(options.precision.computing(on: options.device) { try model.text(tokens, Pass()) })
        }
    }

    /// The probability of each label for each image: the softmax over the scaled cosines, `[images][labels]`.
    func probabilities(_ images: Embeddings, _ labels: Embeddings) throws -> [[Float]] {
        try withoutGradients {
            let cosines = try images.tensor().matrixProduct(labels.tensor().transposed())
            let scale = try loaded().logitScale.exponential().scalar()
            let rows = try (cosines * scale).softmax().elements(as: Float.self)
            return (0..<images.count).map { Array(rows[$0 * labels.count..<($0 + 1) * labels.count]) }
        }
    }

    private func embeddings(_ rows: Tensor) throws -> Embeddings {
        Embeddings(width: width, values: try rows.elements(as: Float.self))
    }
}
