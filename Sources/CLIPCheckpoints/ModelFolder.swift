internal import CLIPFiles
public import CLIPImaging
public import CLIPModels
public import CLIPTensor
public import CLIPTokenization
internal import Foundation

/// A model in a folder, in Hugging Face's layout or open_clip's: opened and checked from configurations and headers, its
/// weights read when they are asked for.
///
/// ```swift
/// let folder = try ModelFolder(opening: "runs/emoji/model")
/// let model = try folder.model()
/// let ids = try folder.tokenizer().encode("a photo of a dog").ids
/// ```
public struct ModelFolder {
    /// The folder.
    public let path: String
    /// How the folder names and describes the model.
    public let layout: CheckpointLayout
    /// The architecture.
    public let configuration: CLIPConfiguration
    /// What is done to an image before the image tower sees it.
    public let preprocessing: ImagePreprocessing
    /// The files of the weights.
    public let weights: WeightFiles
    /// The file that describes the architecture.
    public let configurationFile: String
    /// The file that describes the preprocessing; nil where the layout's defaults are taken.
    public let preprocessingFile: String?
    private let adapter: any WeightAdapter
    let plan: ModelPlan

    /// Opens the model that a path names: a folder, or a configuration or weights file in it.
    ///
    /// Every tensor of the architecture must be there in its shape, and no other. Throws `FileError` with the file, what
    /// was expected and what was found. No weight is read.
    public init(opening path: String) throws {
        let files = try CheckpointFiles(path: path)
        self.path = files.folder
        layout = files.layout
        configurationFile = files.configuration
        let weights = try WeightFiles(path: files.weights)
        self.weights = weights
        switch files.layout {
        case .huggingFace:
            configuration = try Self.valid(HuggingFaceConfiguration.read(files.configuration), files.configuration)
            adapter = HuggingFaceAdapter()
            (preprocessing, preprocessingFile) = try Self.huggingFacePreprocessing(
                files, configuration.vision.imageSize)
        case .openCLIP:
            let root = try Fields(file: files.configuration)
            let read = try OpenCLIPConfiguration(root)
            configuration = try Self.valid(read.model, files.configuration)
            adapter = OpenCLIPAdapter(hasTextPrefix: weights.entry("text.token_embedding.weight") != nil)
            preprocessing = try OpenCLIPPreprocessing.read(root, imageSize: configuration.vision.imageSize)
            preprocessingFile = root["preprocess_cfg"] == nil ? nil : files.configuration
        }
        plan = try ModelPlan(configuration)
        try adapter.check(weights, against: plan, describedBy: (files.configuration as NSString).lastPathComponent)
    }

    /// A configuration whose numbers fit together.
    private static func valid(_ configuration: CLIPConfiguration, _ path: String) throws -> CLIPConfiguration {
        do { try configuration.validate() } catch { throw FileError(.badData, path: path, "\(error)") }
        return configuration
    }

    private static func huggingFacePreprocessing(
        _ files: CheckpointFiles, _ imageSize: Int
    ) throws -> (ImagePreprocessing, file: String?) {
        if let file = files.existing(HuggingFacePreprocessing.file) {
            return (try HuggingFacePreprocessing.read(Fields(file: file), imageSize: imageSize), file)
        }
        // Newer versions of the library keep all processors in one file.
        if let file = files.existing("processor_config.json"),
            let fields = try Fields(file: file).fields("image_processor")
        {
            return (try HuggingFacePreprocessing.read(fields, imageSize: imageSize), file)
        }
        return (.huggingFace(size: imageSize), nil)
    }

    /// The tensors by the model's names, converted to `dtype` (nil keeps each as it is saved) and put on a device.
    ///
    /// What needs neither conversion nor rearrangement stays mapped, private to this process.
    public func parameters(device: Device = .cpu, dtype: DType? = .float32) -> LoadedParameters {
        LoadedParameters(origin: weights.path, device: device, dtype: dtype) { [adapter, weights, plan] name in
            if let tensor = try adapter.tensor(name, from: weights) { return tensor }
            guard adapter.isOptional(name), let entry = plan.entries.first(where: { $0.name == name }) else {
                return nil
            }
            return try Tensor.zeros(entry.shape)
        }
    }

    /// The model with its weights.
    public func model(device: Device = .cpu, dtype: DType? = .float32) throws -> CLIPModel {
        try CLIPModel(configuration, parameters: parameters(device: device, dtype: dtype))
    }

    /// The tokenizer for the text tower. Throws `VocabularyError` where the folder has no vocabulary or a damaged one,
    /// `FileError` where its ids do not fit the text tower.
    public func tokenizer() throws -> CLIPTokenizer {
        let text = configuration.text
        let tokenizer = try CLIPTokenizer(folder: URL(filePath: path), contextLength: text.contextLength)
        guard tokenizer.vocabularySize <= text.vocabularySize else {
            throw FileError(
                .badData, path: path,
                "expected a vocabulary of at most \(text.vocabularySize) tokens as \(configurationFile) says, "
                    + "found \(tokenizer.vocabularySize)")
        }
        guard text.endOfText.map({ $0 == Int(tokenizer.endOfText) }) ?? true else {
            throw FileError(
                .badData, path: path,
                "expected texts to end with the token \(text.endOfText ?? 0) as \(configurationFile) says, "
                    + "found \(tokenizer.endOfText) in the vocabulary")
        }
        return tokenizer
    }
}
