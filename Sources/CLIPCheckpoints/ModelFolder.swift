internal import CLIPFiles
public import CLIPImaging
public import CLIPModels
public import CLIPTensor
internal import CLIPTokenization
internal import Foundation

/// A model where it is saved, in a folder of Hugging Face's layout or open_clip's or in a file of weights alone: opened and
/// checked from configurations and headers, its weights read when they are asked for.
///
/// ```swift
/// let folder = try ModelFolder(opening: "runs/emoji/model")
/// let model = try folder.model()
/// let ids = try folder.tokenizer().encode("a photo of a dog").ids
/// ```
public struct ModelFolder {
    /// What a user adds to what the files say.
    public struct Options: Sendable, Hashable {
        /// The architecture of a file of weights alone, as open_clip calls it (`ViT-B-32-quickgelu`).
        public var architecture: String?
        /// The side of the images that the model is to see, where it is not that of its training: the positions of
        /// patches are interpolated.
        public var imageSize: Int?
        /// The folder of a LoRA adapter, whose changes are added to the weights.
        public var adapter: String?
        /// Another model whose weights are averaged with these.
        public var average: Average?

        /// Nothing.
        public init() {}
    }

    /// A model of the same architecture and its share in an average of weights.
    public struct Average: Sendable, Hashable {
        /// The model's folder or file.
        public var model: String
        /// From 0, this model alone, to 1, the other one alone.
        public var share: Double

        /// A share of a model.
        public init(model: String, share: Double) {
            (self.model, self.share) = (model, share)
        }
    }

    /// The folder.
    public let path: String
    /// How the model is named and described there.
    public let layout: CheckpointLayout
    /// The architecture.
    public let configuration: CLIPConfiguration
    /// What is done to an image before the image tower sees it.
    public let preprocessing: ImagePreprocessing
    /// The files of the weights.
    public let weights: WeightFiles
    /// What the architecture was read from: a file, or what else told it.
    public let configurationSource: String
    /// The file that describes the preprocessing; nil where the layout's defaults are taken.
    public let preprocessingFile: String?
    let adapter: any WeightAdapter
    /// The tensors as they are saved.
    let plan: ModelPlan
    /// Whether positions are interpolated from the saved ones.
    let isResized: Bool
    let changes: WeightChanges

    /// Opens the model that a path names: a folder, a configuration or weights file in it, or a file of weights alone.
    ///
    /// Every tensor of the architecture must be there in its shape, and no other. Throws `FileError` with the file, what
    /// was expected and what was found. No weight is read.
    public init(opening path: String, options: Options = Options()) throws {
        let files = try CheckpointFiles(path: path)
        self.path = files.folder
        layout = files.layout
        weights = try WeightFiles(path: files.weights)
        let description = try CheckpointDescription(files, weights, options)
        let saved = try Self.valid(description.configuration, description.source)
        adapter = description.adapter
        configurationSource = description.source
        preprocessingFile = description.preprocessingFile
        plan = try ModelPlan(saved)
        try adapter.check(
            weights, against: plan, describedBy: (description.source as NSString).lastPathComponent)
        changes = try WeightChanges(options, saved, path: path)
        var (configuration, preprocessing) = (saved, description.preprocessing)
        if let size = options.imageSize, size != saved.vision.imageSize {
            configuration.vision.resize(to: size)
            preprocessing.resize(to: size)
            _ = try Self.valid(configuration, description.source)
        }
        isResized = configuration.vision != saved.vision
        (self.configuration, self.preprocessing) = (configuration, preprocessing)
    }

    /// A configuration whose numbers fit together.
    private static func valid(_ configuration: CLIPConfiguration, _ path: String) throws -> CLIPConfiguration {
        do { try configuration.validate() } catch { throw FileError(.badData, path: path, "\(error)") }
        return configuration
    }

    /// The tensors by the model's names, converted to `dtype` (nil keeps each as it is saved) and put on a device.
    ///
    /// What needs neither conversion nor rearrangement stays mapped, private to this process.
    public func parameters(device: Device = .cpu, dtype: DType? = .float32) -> LoadedParameters {
        LoadedParameters(origin: weights.path, device: device, dtype: dtype) { try tensor($0) }
    }

    /// A parameter of the model in 32 bits, on a device.
    package func parameter(_ name: String, device: Device) throws -> Tensor {
        try present(name).cast(to: .float32).moved(to: device)
    }

    /// A tensor of the model that the files must have.
    func present(_ name: String) throws -> Tensor {
        if let tensor = try tensor(name) { return tensor }
        throw FileError(.badData, path: weights.path, "expected the tensor \(name), found none")
    }

    /// A tensor of the model, in the type in which it is saved, or in 32 bits where it was changed; nil where it is missing.
    func tensor(_ name: String) throws -> Tensor? {
        guard let saved = try savedTensor(name) else { return nil }
        let tensor = try changes(name, saved)
        guard isResized, name == configuration.vision.positionName else { return tensor }
        return try PositionInterpolation(to: configuration.vision).resized(tensor)
    }

    /// A tensor of the model as it is saved; nil where it is missing.
    private func savedTensor(_ name: String) throws -> Tensor? {
        if let tensor = try adapter.tensor(name, from: weights) { return tensor }
        guard adapter.isOptional(name), let entry = plan.entries.first(where: { $0.name == name }) else { return nil }
        return try Tensor.zeros(entry.shape)
    }

    /// The model with its weights.
    public func model(device: Device = .cpu, dtype: DType? = .float32) throws -> CLIPModel {
        try CLIPModel(configuration, parameters: parameters(device: device, dtype: dtype))
    }
}
