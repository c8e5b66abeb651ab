internal import CLIPCheckpoints
internal import CLIPImaging
internal import CLIPModels
internal import CLIPTestSupport
internal import CLIPTokenization
internal import Foundation

/// A model with random weights that is made in no time, written as training writes one.
public struct SmallModelFolder {
    /// The folder of the model.
    public let path: String
    private let folder: TemporaryFolder

    /// The width of its embeddings.
    public static let width = 40
    /// The sides of its images.
    public static let imageSize = 32
    /// The length of its longest text.
    public static let contextLength = 16

    /// Writes a vision transformer, or a ResNet, with weights drawn from a seed.
    public init(resNet: Bool = false, seed: UInt64 = 1) throws {
        folder = try TemporaryFolder()
        path = folder.path("model")
        let vocabulary = try Self.vocabulary()
        let vision: VisionConfiguration =
            resNet
            ? .resNet(.init(imageSize: Self.imageSize, layers: [1, 1, 1, 1], width: 16, headWidth: 32))
            : .transformer(.init(imageSize: Self.imageSize, patchSize: 8, width: 64, layers: 2, headWidth: 16))
        let configuration = CLIPConfiguration(
            embeddingWidth: Self.width, vision: vision,
            text: .init(
                contextLength: Self.contextLength, vocabularySize: vocabulary.count, width: 48, heads: 3, layers: 2))
        try ModelFolder.write(
            CLIPModel(configuration, parameters: FreshParameters(seed: seed)), vocabulary: vocabulary,
            preprocessing: .openAI(size: Self.imageSize), to: path)
    }

    /// Puts NaN in the place of every weight.
    public func spoil() throws {
        let file = URL(filePath: "\(path)/model.safetensors")
        var bytes = try Data(contentsOf: file)
        let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        for index in 8 + header..<bytes.count { bytes[index] = 0xFF }
        try bytes.write(to: file)
    }

    private static func vocabulary() throws -> BPEVocabulary {
        var learner = VocabularyLearner()
        for caption in ["a photo of a red square", "a photo of a blue square", "a green dog", "a cat and a dog"] {
            learner.add(caption)
        }
        return try learner.learn(vocabularySize: 530)
    }
}
