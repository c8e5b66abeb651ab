public import CLIPImaging
public import CLIPModels
internal import CLIPTensor
internal import CLIPTokenization
internal import Foundation

/// What a model's folder holds, told from its configurations and headers alone.
public struct Inspection: Codable, Sendable {
    /// The folder.
    public var path: String
    /// How the folder names and describes the model.
    public var layout: CheckpointLayout
    /// The published architecture that this one is, such as "ViT-B/32"; nil where it is none.
    public var architecture: String?
    /// The architecture in open_clip's words.
    public var configuration: CLIPConfiguration
    /// The text tower's activation, which is the image tower's too where `unusual` does not say otherwise.
    public var activation: Activation
    /// The number of learned parameters.
    public var parameters: ArchitectureSummary.Parameters
    /// Floating-point operations of a forward pass, two for each multiplication with its addition.
    public var flops: ArchitectureSummary.Operations
    /// The number of saved elements by their type, such as "float32".
    public var dtypes: [String: Int]
    /// The vocabulary; nil where the folder has none that can be read.
    public var tokenizer: Vocabulary?
    /// Why there is no tokenizer, in one line.
    public var tokenizerProblem: String?
    /// What is done to an image before the image tower sees it.
    public var preprocessing: ImagePreprocessing
    /// Where each part was read from.
    public var sources: Sources
    /// What differs from most models and costs points where a program overlooks it, a line each.
    public var unusual: [String]

    /// A vocabulary and the ids that frame a text.
    public struct Vocabulary: Codable, Sendable, Hashable {
        public var vocabularySize: Int
        public var contextLength: Int
        /// The tokenizer: `byte-pair` as CLIP has it, or `sentencepiece`.
        public var kind: String
        /// The ids that frame a text of byte pairs.
        public var startOfText: Int?
        public var endOfText: Int?
        /// The id that fills a row.
        public var padding: Int
    }

    /// The files that say each thing; "default" where the layout's own default was taken.
    public struct Sources: Codable, Sendable, Hashable {
        public var configuration: String
        public var weights: [String]
        public var tokenizer: [String]
        public var preprocessing: String
    }
}

extension ModelFolder {
    /// Tells what the folder holds without reading a weight.
    public func inspection() -> Inspection {
        var found: Inspection.Vocabulary?
        var problem: String?
        var files: [String] = []
        do {
            let tokenizer = try tokenizer()
            found = Inspection.Vocabulary(tokenizer)
            files = vocabularyFiles(of: tokenizer)
        } catch {
            problem = "\(error)"
        }
        let summary = ArchitectureSummary(configuration, plan)
        return Inspection(
            path: layout == .weights ? weights.path : path, layout: layout, architecture: summary.name,
            configuration: configuration,
            activation: configuration.activation, parameters: summary.parameters, flops: summary.flops, dtypes: dtypes,
            tokenizer: found, tokenizerProblem: problem, preprocessing: preprocessing,
            sources: Inspection.Sources(
                configuration: configurationSource, weights: weights.paths, tokenizer: files,
                preprocessing: preprocessingFile ?? "default"),
            unusual: peculiarities)
    }

    private var dtypes: [String: Int] {
        Dictionary(uniqueKeysWithValues: weights.elementCounts.map { ("\($0.key)", $0.value) })
    }
}

extension Inspection.Vocabulary {
    init(_ tokenizer: any Tokenizer) {
        let pairs = tokenizer as? CLIPTokenizer
        self.init(
            vocabularySize: tokenizer.vocabularySize, contextLength: tokenizer.contextLength,
            kind: pairs == nil ? "sentencepiece" : "byte-pair", startOfText: pairs.map { Int($0.startOfText) },
            endOfText: pairs.map { Int($0.endOfText) }, padding: Int(tokenizer.paddingToken))
    }
}
