import CLIPCheckpoints
import CLIPImaging
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import CLIPTokenization

/// A model of each kind that is made in no time, with a vocabulary.
enum SmallModel {
    static let vocabulary = vocabulary(merges: [("d", "o"), ("do", "g</w>"), ("h", "e"), ("l", "l"), ("ll", "o</w>")])

    private static func vocabulary(merges: [(String, String)]) -> BPEVocabulary {
        do {
            return try BPEVocabulary(merges: merges.map { .init(left: $0.0, right: $0.1) })
        } catch {
            preconditionFailure("\(error)")
        }
    }

    static let text = TextTransformerConfiguration(
        contextLength: 16, vocabularySize: vocabulary.count, width: 48, heads: 3, layers: 2)

    static let transformer = CLIPConfiguration(
        embeddingWidth: 40,
        vision: .transformer(
            .init(imageSize: 32, patchSize: 8, width: 64, layers: 2, headWidth: 16, mlpRatio: 2.5, normEpsilon: 1e-6)),
        text: text, activation: .quickGELU)

    static let resNet = CLIPConfiguration(
        embeddingWidth: 40, vision: .resNet(.init(imageSize: 64, layers: [1, 2, 1, 1], width: 16, headWidth: 32)),
        text: text, activation: .gelu)

    static let sigLIP = CLIPConfiguration(
        embeddingWidth: 64,
        vision: .sigLIP(
            .init(
                imageSize: 32, patchSize: 16, width: 64, layers: 1, heads: 2, mlpRatio: 2, normEpsilon: 1e-6,
                activation: .geluTanh)),
        text: {
            var tower = text
            (tower.pooling, tower.isCausal, tower.projection, tower.activation) = (.last, false, .biased, .geluTanh)
            return tower
        }(), initialLogitScale: 2.302585092994046, initialLogitBias: -10)

    /// The transformer with a change of its towers.
    static func transformer(
        _ change: (inout VisionTransformerConfiguration, inout TextTransformerConfiguration) -> Void
    ) -> CLIPConfiguration {
        var configuration = transformer
        guard case .transformer(var tower) = configuration.vision else { return configuration }
        change(&tower, &configuration.text)
        configuration.vision = .transformer(tower)
        return configuration
    }

    static func make(_ configuration: CLIPConfiguration, seed: UInt64 = 1) throws -> CLIPModel {
        try CLIPModel(configuration, parameters: FreshParameters(seed: seed))
    }

    /// Writes a model into a folder of a test and returns its path.
    static func write(
        _ configuration: CLIPConfiguration, in folder: TemporaryFolder, as name: String = "model",
        layout: CheckpointLayout? = nil, dtype: DType = .float32
    ) throws -> String {
        try write(make(configuration), in: folder, as: name, layout: layout, dtype: dtype)
    }

    static func write(
        _ model: CLIPModel, in folder: TemporaryFolder, as name: String = "model", layout: CheckpointLayout? = nil,
        dtype: DType = .float32
    ) throws -> String {
        let path = folder.path(name)
        var preprocessing = ImagePreprocessing.openAI(size: model.configuration.vision.imageSize)
        if case .sigLIP = model.configuration.vision { preprocessing.resizeMode = .squash }
        try ModelFolder.write(
            model, vocabulary: vocabulary, preprocessing: preprocessing, to: path, layout: layout, dtype: dtype)
        return path
    }

    static func pixels(_ configuration: CLIPConfiguration) throws -> Tensor {
        let generator = try RandomGenerator(seed: 5)
        return try Tensor.normal(
            [2, 3, configuration.vision.imageSize, configuration.vision.imageSize], using: generator)
    }
}

/// The largest difference between two tensors of one shape.
func distance(_ one: Tensor, _ other: Tensor) throws -> Double {
    precondition(one.shape == other.shape, "\(one.shape) against \(other.shape)")
    return zip(try one.elements(as: Double.self), try other.elements(as: Double.self)).map { abs($0 - $1) }.max() ?? 0
}
