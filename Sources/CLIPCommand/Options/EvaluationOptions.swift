internal import ArgumentParser
internal import CLIP
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles
internal import Foundation

/// The models that are measured.
struct EvaluatedModels: ParsableArguments {
    @Option(
        name: .customLong("model"),
        help: ArgumentHelp(
            "A model, as in other commands. Give the option several times to compare models: each is held against the first.",
            valueName: "model"))
    var names: [String] = []

    @OptionGroup var opening: OpeningOptions

    @Option(
        help: ArgumentHelp("The precision of the products: fp32, or bf16, which is faster.", valueName: "fp32|bf16"),
        transform: EncoderOptions.precision)
    var precision: EncoderPrecision = .float32

    @Option(help: ArgumentHelp("Images or texts that go through a tower at once.", valueName: "n"))
    var batchSize = 32

    @OptionGroup(title: "Machine") var global: GlobalOptions

    func validate() throws {
        guard !names.isEmpty else { throw ValidationError("Expected at least one --model.") }
        if let twice = names.firstRepeated {
            throw ValidationError("--model: expected each model once, found \(twice.quoted()) again")
        }
        guard (1...4096).contains(batchSize) else {
            throw ValidationError("--batch-size: expected 1 to 4096, found \(batchSize)")
        }
    }

    /// Opens one of the models.
    func encoder(_ name: String) async throws -> CLIPEncoder {
        var options = CLIPEncoder.Options()
        options.device = try global.apply()
        options.precision = precision
        opening.apply(to: &options)
        options.batchSize = batchSize
        return try await CLIPEncoder(model: modelPath(name), options: options)
    }
}

/// The data that models are measured on, and how it is read.
struct EvaluatedData: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to measure on: a folder of class folders, a .tsv, .csv or .jsonl list, COCO's captions or Karpathy's splits "
                + "(.json), a folder in CLIP_benchmark's webdataset layout, MNIST's or CIFAR's original files.",
            valueName: "path"))
    var data: String

    @Option(help: ArgumentHelp("The split of a set that has splits; test if not given.", valueName: "name"))
    var split: String?

    @Option(help: ArgumentHelp("The column or key of the images' paths.", valueName: "name"))
    var imageColumn: String?

    @Option(help: ArgumentHelp("The column or key of the labels; label if not given.", valueName: "name"))
    var labelColumn: String?

    @Option(
        help: ArgumentHelp(
            "What separates the labels of an image that may have several, such as |.", valueName: "character"))
    var labelSeparator: String?

    @Option(help: ArgumentHelp("The column or key of the captions.", valueName: "name"))
    var captionColumn: String?

    @Option(
        help: ArgumentHelp("What separates a table's columns; a comma in .csv, else a tab.", valueName: "character"))
    var separator: String?

    @Option(
        help: ArgumentHelp("The folder that paths are relative to; the list's own if not given.", valueName: "folder"))
    var imageFolder: String?

    func validate() throws {
        for (name, text) in [("--label-separator", labelSeparator), ("--separator", separator)] {
            if let text, text.count != 1 {
                throw ValidationError("\(name): expected one character, found \(text.quoted())")
            }
        }
    }

    /// A set at a path, read as the options say.
    func source(_ path: String, split: String?, classes: ClassNames? = nil) -> EvaluationSource {
        var options = EvaluationSource.Options()
        options.split = split
        (options.imageColumn, options.labelColumn, options.captionColumn) = (imageColumn, labelColumn, captionColumn)
        (options.separator, options.labelSeparator) = (separator?.first, labelSeparator?.first)
        options.imageFolder = imageFolder
        options.classNames = classes
        return EvaluationSource(path, options: options)
    }
}

/// The names of classes and the sentences that they are put into.
struct PromptOptions: ParsableArguments {
    @Option(
        name: .customLong("classes"),
        help: ArgumentHelp(
            "A file with the names of the classes in the set's order: a class a line, more names of it behind tabs, or JSON "
                + "as CLIP_benchmark has it.",
            valueName: "file"))
    var classFile: String?

    @Option(
        name: .customLong("template"),
        help: ArgumentHelp(
            "A sentence with {} in the class's place; several are averaged. Without one, the set's own are used, else the "
                + "class is taken as it is.",
            valueName: "sentence"),
        transform: LabelOptions.template)
    var templates: [PromptTemplate] = []

    @Option(
        name: .customLong("templates"),
        help: ArgumentHelp(
            "A file of such sentences: one a line, or JSON as CLIP_benchmark has it, for all classes or for each its own.",
            valueName: "file"))
    var templateFile: String?

    @Option(
        help: ArgumentHelp("The set's name in files of JSON that have those of several.", valueName: "name"))
    var datasetKey: String?

    func validate() throws {
        guard templates.isEmpty || templateFile == nil else {
            throw ValidationError("Expected either --template or --templates.")
        }
        if datasetKey != nil, classFile == nil, templateFile == nil {
            throw ValidationError("--dataset-key: expected --classes or --templates beside it")
        }
    }

    /// The names of the classes, where they were given.
    func names() throws -> ClassNames? { try classFile.map { try ClassNames(contentsOf: $0, dataset: datasetKey) } }

    /// The classes of a set with their sentences.
    func classes(of set: any LabelledImages) throws -> [ClassPrompts] {
        if let templateFile {
            let file = try TemplateFile(contentsOf: templateFile, dataset: datasetKey)
            return zip(set.classes, try file.sentences(for: set.synonyms)).map { ClassPrompts(label: $0, prompts: $1) }
        }
        let own = try (set.templates ?? []).map { try PromptTemplate(parsing: $0) }
        let used = !templates.isEmpty ? templates : !own.isEmpty ? own : [.label]
        return zip(set.classes, set.synonyms).map { ClassPrompts(label: $0, names: $1, templates: used) }
    }
}

/// Where results go, and what features come from.
struct EvaluationOutput: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A folder for the results: results.json, report.html, benchmark/ (files that CLIP_benchmark's build reads).",
            valueName: "folder"))
    var output: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "The folder that features are kept in, by the contents of models and images.", valueName: "folder"))
    var cache = EvaluationOutput.usualCache

    @Flag(
        inversion: .prefixedNo, exclusivity: .exclusive,
        help: ArgumentHelp("Keep features of images and texts for the next time."))
    var keepFeatures = true

    @Option(help: ArgumentHelp("Samples that the intervals are computed on.", valueName: "n"))
    var resamples = 1000

    func validate() throws {
        guard (100...100_000).contains(resamples) else {
            throw ValidationError("--resamples: expected 100 to 100000, found \(resamples)")
        }
    }

    /// The folder of the cache, where there is one.
    var cacheFolder: String? { keepFeatures ? cache : nil }

    /// Where such things belong (XDG base directories).
    private static var usualCache: String {
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return "\(base ?? "\(environment["HOME"] ?? NSHomeDirectory())/.cache")/clip/features"
    }
}
