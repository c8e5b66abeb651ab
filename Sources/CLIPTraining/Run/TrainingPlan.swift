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
    /// How the model is written.
    let layout: CheckpointLayout
    let preprocessing: ImagePreprocessing
    let steps: Int
    let dataset: any PairDataset
    let tokenizer: any Tokenizer
    /// The tokenizer as the model's folder gets it.
    let vocabulary: SavedVocabulary
    /// The classes of a run that trains a classifier.
    let classes: [String]?
    /// A model whose choices are learned.
    let teacher: TeacherPlan?
    /// What training changes of the model.
    let trained: TrainedParameters
    /// About how much memory batches of several sizes would take on a CPU; nil where another device computes.
    let memory: MemoryCurve?

    /// Opens the files of a configuration.
    ///
    /// - Parameter models: Where models lie that the configuration names otherwise than by their path.
    init(_ configuration: TrainingConfiguration, device: Device, models: [String: String] = [:]) throws {
        func path(_ model: String) -> String { models[model] ?? model }
        self.configuration = configuration
        try configuration.validate()
        start = try configuration.start.map { try ModelFolder(opening: path($0)) }
        var architecture = try Self.architecture(configuration, start)
        try configuration.validate(architecture)
        trained = try TrainedParameters(configuration, architecture)
        if device == .cpu { try MemoryDemand.least(configuration, architecture, trained).check() }
        let brought = try start?.tokenizerAndVocabulary()
        (layout, preprocessing) = try Self.layout(configuration, architecture, start, brought?.vocabulary)
        let data = try configuration.openData(imageSize: architecture.vision.imageSize)
        (dataset, steps) = (data.pairs, data.steps)
        try configuration.validateSchedule(steps: steps)
        classes = try configuration.head.map { try Self.classes($0, in: data.pairs) }
        (tokenizer, vocabulary) = try Self.text(
            configuration, brought, data.captions, contextLength: architecture.text.contextLength)
        if start == nil { architecture.text.vocabularySize = tokenizer.vocabularySize }
        guard architecture.text.vocabularySize >= tokenizer.vocabularySize else {
            throw TrainingError(
                "tokenizer",
                "expected at most \(architecture.text.vocabularySize) tokens, "
                    + "found \(tokenizer.vocabularySize)")
        }
        memory = device == .cpu ? try MemoryDemand(configuration, architecture, trained).curve : nil
        teacher = try configuration.distillation.map { [tokenizer, vocabulary] in
            try TeacherPlan(
                path($0.teacher), for: architecture, (tokenizer, vocabulary), captions: data.captions,
                precision: configuration.precision)
        }
        self.architecture = architecture
    }

    /// Whether the token rows of a batch may end with its longest text: neither the model nor its teacher reads the padding.
    var trimsTokens: Bool { !architecture.text.isPaddedAlways && teacher?.isPaddedAlways != true }

    /// The layout that the model will be written in, and the preprocessing as that reads it back. Throws where no layout can
    /// hold the model.
    private static func layout(
        _ configuration: TrainingConfiguration, _ architecture: CLIPConfiguration, _ start: ModelFolder?,
        _ vocabulary: SavedVocabulary?
    ) throws -> (CheckpointLayout, ImagePreprocessing) {
        let preprocessing = start?.preprocessing ?? fresh(configuration.image, architecture.vision)
        // The files of a vocabulary that is no CLIP's mean the same in a folder of their own layout alone.
        if let start, start.layout != .weights, case .files = vocabulary {
            if let limit = start.layout.limit(architecture, preprocessing, vocabulary) { throw unwritable(limit) }
            return (start.layout, preprocessing)
        }
        switch CheckpointLayout.holding(architecture, preprocessing, vocabulary) {
        case .success(let layout): return (layout, preprocessing.implied(by: layout))
        case .failure(let limit): throw unwritable(limit)
        }
    }

    private static func unwritable(_ limit: LayoutLimit) -> TrainingError {
        TrainingError("model", "expected one that a folder can hold once it is trained; \(limit.reason)")
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
        case (.some, .some): throw TrainingError("model", "expected none where start names a model to go on from")
        case (.custom(let architecture), nil): return architecture
        case (.preset(let name), nil):
            if let architecture = CLIPConfiguration.preset(name) { return architecture }
            let names = CLIPConfiguration.presets.map(\.name).joined(separator: ", ")
            throw TrainingError("model", "expected one of \(names), or an architecture, found \(name)")
        case (nil, nil):
            throw TrainingError(
                "model", "expected an architecture or its name, or start for a model to go on from, found neither")
        }
    }

    private static func text(
        _ configuration: TrainingConfiguration, _ brought: SavedTokenizer?, _ captions: any PairDataset,
        contextLength: Int
    ) throws -> SavedTokenizer {
        func pairs(_ vocabulary: BPEVocabulary) -> SavedTokenizer {
            (CLIPTokenizer(vocabulary: vocabulary, contextLength: contextLength), .pairs(vocabulary))
        }
        switch (configuration.tokenizer?.from, configuration.tokenizer?.learn, brought) {
        case (let path?, nil, nil): return pairs(try CLIPTokenizer(folder: URL(filePath: path)).vocabulary)
        case (nil, let size?, nil): return pairs(try captions.learnVocabulary(size: size))
        case (nil, nil, let brought?): return brought
        case (_, _, .some): throw TrainingError("tokenizer", "expected none where start brings its own")
        default: throw TrainingError("tokenizer", "expected either from, a file or folder, or learn, a size")
        }
    }
}

/// A tokenizer, and its vocabulary as a model's folder gets it.
typealias SavedTokenizer = (tokenizer: any Tokenizer, vocabulary: SavedVocabulary)

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
