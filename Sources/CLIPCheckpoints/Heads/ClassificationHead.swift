internal import CLIPFiles
internal import CLIPTensor
internal import Foundation

/// A linear classifier over the normalised embeddings of images, trained and kept beside a model: a folder of `head.json`
/// (the labels) and `head.safetensors` (`weight` and `bias`).
public struct ClassificationHead: Sendable, Hashable {
    /// The classes, in the order of the rows.
    public let labels: [String]
    /// The width of the embeddings.
    public let width: Int
    /// `[labels, width]`, row by row.
    public let weights: [Float]
    /// A number for each label.
    public let biases: [Float]

    /// Puts numbers to labels.
    public init(labels: [String], width: Int, weights: [Float], biases: [Float]) {
        precondition(!labels.isEmpty && width > 0, "a class and an embedding")
        precondition(weights.count == labels.count * width && biases.count == labels.count, "a row for each label")
        (self.labels, self.width, self.weights, self.biases) = (labels, width, weights, biases)
    }

    private static let description = "head.json"
    private static let tensors = "head.safetensors"

    /// The names of all files of a head's folder.
    package static let files: Set<String> = [description, tensors]

    /// Reads a folder. Throws `FileError` for what is missing or does not fit together.
    public init(opening path: String) throws {
        let fields = try Fields(file: "\(path)/\(Self.description)")
        labels = try fields.labels()
        let file = try Safetensors(opening: "\(path)/\(Self.tensors)")
        width = file.entry("weight")?.shape.last ?? 0
        weights = try file.numbers("weight", [labels.count, width])
        biases = try file.numbers("bias", [labels.count])
    }

    /// Writes the folder, whole or not at all.
    public func write(to path: String) throws {
        try AtomicFolder.write(to: path, replaceable: Self.files) { try write(in: $0) }
    }

    /// Writes the files into a folder that has others too.
    func write(in folder: AtomicFolder) throws {
        let json: JSON = ["labels": .array(labels.map(JSON.string))]
        let tensors = [
            "weight": try Tensor(weights, shape: [labels.count, width]),
            "bias": try Tensor(biases, shape: [labels.count]),
        ]
        try folder.writing(Self.tensors) { try Safetensors.write(tensors, to: $0) }
        try folder.write(json.indentedText.utf8, as: Self.description)
    }
}
