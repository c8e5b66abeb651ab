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
    /// A model whose choices are learned.
    let teacher: TeacherPlan?
    /// The lines of a table that are no rows.
    let skipped: BadSamples
    /// What training changes of the model.
    let trained: TrainedParameters

    init(_ configuration: TrainingConfiguration, device: Device) throws {
        self.configuration = configuration
        try configuration.validate()
        start = try configuration.start.map { try ModelFolder(opening: $0) }
        var architecture = try Self.architecture(configuration, start)
        try configuration.validate(architecture)
        trained = try TrainedParameters(configuration, architecture)
        if device == .cpu { try MemoryDemand(configuration, architecture).check() }
        let side = architecture.vision.imageSize
        preprocessing = try Self.preprocessing(configuration, architecture, start)
        let data = try configuration.openData(imageSize: side)
        (dataset, steps, skipped) = (data.pairs, data.steps, data.skipped)
        let vocabulary = try Self.vocabulary(configuration, start, data.captions)
        if start == nil { architecture.text.vocabularySize = vocabulary.count }
        guard architecture.text.vocabularySize >= vocabulary.count else {
            throw TrainingError(
                "the tokenizer: expected at most \(architecture.text.vocabularySize) tokens, found \(vocabulary.count)")
        }
        tokenizer = CLIPTokenizer(vocabulary: vocabulary, contextLength: architecture.text.contextLength)
        teacher = try configuration.distillation.map {
            try TeacherPlan($0.teacher, for: architecture, vocabulary, precision: configuration.precision)
        }
        self.architecture = architecture
    }

    /// As the layout that the model will be written in reads it back. Throws where no layout can hold the model.
    private static func preprocessing(
        _ configuration: TrainingConfiguration, _ architecture: CLIPConfiguration, _ start: ModelFolder?
    ) throws -> ImagePreprocessing {
        let preprocessing = start?.preprocessing ?? fresh(configuration.image, architecture.vision)
        switch CheckpointLayout.holding(architecture, preprocessing) {
        case .success(let layout): return preprocessing.implied(by: layout)
        case .failure(let limit):
            throw TrainingError("model: expected one that a folder can hold once it is trained; \(limit.reason)")
        }
    }

    private static func fresh(
        _ image: TrainingConfiguration.ImageConfiguration, _ vision: VisionConfiguration
    ) -> ImagePreprocessing {
        var preprocessing = ImagePreprocessing.openAI(size: vision.imageSize)
        if case .sigLIP = vision { preprocessing.resizeMode = .squash }
        preprocessing.mean = image.mean
        preprocessing.std = image.std
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
