import CLIPCheckpoints
import CLIPData
import CLIPImaging
import CLIPModels
import CLIPTensor
import CLIPTokenization
internal import Foundation

/// A configuration with its files opened: what a run is made of.
struct TrainingPlan {
    let configuration: TrainingConfiguration
    let architecture: CLIPConfiguration
    let start: ModelFolder?
    let preprocessing: ImagePreprocessing
    let steps: Int
    let dataset: any PairDataset
    let tokenizer: CLIPTokenizer
    /// The lines of a table that are no rows.
    let skipped: BadSamples

    init(_ configuration: TrainingConfiguration, device: Device) throws {
        self.configuration = configuration
        try configuration.validate()
        start = try configuration.start.map { try ModelFolder(opening: $0) }
        var architecture = try Self.architecture(configuration, start)
        try configuration.validate(architecture)
        if device == .cpu { try MemoryDemand(configuration, architecture).check() }
        let side = architecture.vision.imageSize
        let preprocessing = Self.preprocessing(configuration, architecture)
        self.preprocessing = start?.preprocessing ?? preprocessing
        let data = try configuration.openData(imageSize: side)
        (dataset, steps, skipped) = (data.pairs, data.steps, data.skipped)
        let vocabulary = try Self.vocabulary(configuration, start, data.captions)
        if start == nil { architecture.text.vocabularySize = vocabulary.count }
        guard architecture.text.vocabularySize >= vocabulary.count else {
            throw TrainingError(
                "the tokenizer: expected at most \(architecture.text.vocabularySize) tokens, found \(vocabulary.count)")
        }
        tokenizer = CLIPTokenizer(vocabulary: vocabulary, contextLength: architecture.text.contextLength)
        self.architecture = architecture
    }

    /// As the layout that the model is written in reads it back: Hugging Face's for a vision transformer.
    private static func preprocessing(
        _ configuration: TrainingConfiguration, _ architecture: CLIPConfiguration
    ) -> ImagePreprocessing {
        var preprocessing =
            switch architecture.vision {
            case .transformer(let tower): ImagePreprocessing.huggingFace(size: tower.imageSize)
            case .resNet(let tower): ImagePreprocessing.openAI(size: tower.imageSize)
            case .sigLIP(let tower): ImagePreprocessing.huggingFace(size: tower.imageSize)
            }
        preprocessing.mean = configuration.image.mean
        preprocessing.std = configuration.image.std
        return preprocessing
    }

    private static func architecture(
        _ configuration: TrainingConfiguration, _ start: ModelFolder?
    ) throws -> CLIPConfiguration {
        switch (configuration.model, start) {
        case (nil, let start?): return start.configuration
        case (.some, .some): throw TrainingError("model: expected none where start names a model to go on from")
        case (.custom(let architecture), nil): return architecture
        case (.preset(let name), nil):
            if let architecture = CLIPConfiguration.preset(name) { return architecture }
            let names = CLIPConfiguration.presets.map(\.name).joined(separator: ", ")
            throw TrainingError("model: expected one of \(names), or an architecture, found \(name)")
        case (nil, nil): throw TrainingError("expected the key model, or start for a model to go on from")
        }
    }

    private static func vocabulary(
        _ configuration: TrainingConfiguration, _ start: ModelFolder?, _ dataset: any PairDataset
    ) throws -> BPEVocabulary {
        switch (configuration.tokenizer?.from, configuration.tokenizer?.learn, start) {
        case (let path?, nil, nil): return try CLIPTokenizer(folder: URL(filePath: path)).vocabulary
        case (nil, let size?, nil): return try dataset.learnVocabulary(size: size)
        case (nil, nil, let start?): return try start.bytePairTokenizer().vocabulary
        case (_, _, .some): throw TrainingError("tokenizer: expected none where start brings its own")
        default: throw TrainingError("tokenizer: expected either from, a file or folder, or learn, a size")
        }
    }
}

extension PairDataset {
    /// How many captions a vocabulary is learned from at the most.
    private static var captionLimit: Int { 100_000 }

    /// Learns a vocabulary from the captions, of every index for the first epochs.
    func learnVocabulary(size: Int) throws -> BPEVocabulary {
        var learner = VocabularyLearner()
        let epochs = max(1, min(4, Self.captionLimit / max(1, count)))
        for epoch in 0..<epochs {
            for index in 0..<min(count, Self.captionLimit) {
                // A row without a caption is skipped here as the loader skips it, which names it.
                for caption in (try? captions(at: index, epoch: epoch)) ?? [] { learner.add(caption) }
            }
        }
        return try learner.learn(vocabularySize: size)
    }
}
