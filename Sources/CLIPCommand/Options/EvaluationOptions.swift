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
        try opening.apply(to: &options)
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

/// The names of classes.
struct ClassOptions: ParsableArguments {
    @Option(
        name: .customLong("classes"),
        help: ArgumentHelp(
            "A file with the names of the classes in the set's order: a class a line, more names of it behind tabs, or JSON "
                + "as CLIP_benchmark has it.",
            valueName: "file"))
    var classFile: String?

    @Option(
        help: ArgumentHelp("The set's name in files of JSON that have those of several.", valueName: "name"))
    var datasetKey: String?

    /// The names, where they were given.
    func names() throws -> ClassNames? { try classFile.map { try ClassNames(contentsOf: $0, dataset: datasetKey) } }
}

/// The names of classes and the sentences that they are put into.
struct PromptOptions: ParsableArguments {
    @OptionGroup var classes: ClassOptions

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

    func validate() throws {
        guard templates.isEmpty || templateFile == nil else {
            throw ValidationError("Expected either --template or --templates.")
        }
    }

    /// The classes of a set with their sentences.
    func classes(of set: any LabelledImages) throws -> [ClassPrompts] {
        if let file = try sentences() {
            return zip(set.classes, try file.sentences(for: set.synonyms)).map { ClassPrompts(label: $0, prompts: $1) }
        }
        let own = try separateTemplates(of: set)
        let used = own.isEmpty ? [.label] : own
        return zip(set.classes, set.synonyms).map { ClassPrompts(label: $0, names: $1, templates: used) }
    }

    /// The sentences with a place for any class, of which each can stand alone; none where each class has its own.
    func separateTemplates(of set: any LabelledImages) throws -> [PromptTemplate] {
        if let file = try sentences() {
            guard case .shared(let texts) = file.prompts else { return [] }
            return try texts.map { try PromptTemplate(parsing: $0) }
        }
        return templates.isEmpty ? try (set.templates ?? []).map { try PromptTemplate(parsing: $0) } : templates
    }

    private func sentences() throws -> TemplateFile? {
        try templateFile.map { try TemplateFile(contentsOf: $0, dataset: classes.datasetKey) }
    }
}

/// The images that a classifier learns from.
struct TrainingDataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to learn from, read as --data is; the train split of --data if not given.", valueName: "path"))
    var train: String?

    @Option(
        help: ArgumentHelp("The split to learn from; train if not given, where --data has splits.", valueName: "name"))
    var trainSplit: String?

    @Option(
        help: ArgumentHelp(
            "Images to choose by, read as --data is; some of the training images if not given.", valueName: "path"))
    var validation: String?

    @Option(help: ArgumentHelp("The split to choose by.", valueName: "name"))
    var validationSplit: String?

    /// Opens the sets and says what of them is passed over.
    func sets(
        _ data: EvaluatedData, classes: ClassNames?, _ session: inout EvaluationSession
    ) throws -> LearningSets {
        func open(_ path: String, _ split: String?) throws -> any LabelledImages {
            let set = try data.source(path, split: split, classes: classes).openLabelled()
            session.tell(set.skipped, of: split.map { "\(path), \($0)" } ?? path)
            return set
        }
        let chosen: (any LabelledImages)? =
            validation != nil || validationSplit != nil ? try open(validation ?? data.data, validationSplit) : nil
        return try LearningSets(train: learned(open, data), validation: chosen, test: open(data.data, data.split))
    }

    /// The training images: where the user says, else a split of the data.
    private func learned(
        _ open: (String, String?) throws -> any LabelledImages, _ data: EvaluatedData
    ) throws -> any LabelledImages {
        if let train { return try open(train, trainSplit) }
        do { return try open(data.data, trainSplit ?? "train") } catch {
            let reason = "\(error)".onOneLine
            throw CommandFailure(.badData, "expected --train, or data with a split to learn from: \(reason)")
        }
    }
}

/// The few-shot methods and what they learn from.
struct FewShotOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The methods, separated by commas: linear-probe, tip-adapter, tip-adapter-f, clip-adapter, lp++. All if not "
                + "given.",
            valueName: "a,b,c"),
        transform: FewShotOptions.named)
    var methods = FewShotOptions.all.map(\.method)

    @Option(
        help: ArgumentHelp("The numbers of images a class, separated by commas.", valueName: "k,k"),
        transform: FewShotOptions.numbers)
    var shots = [1, 2, 4, 8, 16]

    @Option(
        name: .customLong("seeds"), help: ArgumentHelp("How many samples are drawn of each number.", valueName: "n"))
    var seedCount = 3

    @Option(
        help: ArgumentHelp(
            "A folder for what was learned, for clip classify --adapter; of one method and one number of images.",
            valueName: "folder"))
    var save: String?

    /// The seeds of the samples.
    var seeds: [UInt64] { (0..<UInt64(seedCount)).map { $0 + 1 } }

    func validate() throws {
        guard (1...1000).contains(seedCount) else {
            throw ValidationError("--seeds: expected 1 to 1000, found \(seedCount)")
        }
        guard Set(shots).count == shots.count, Set(methods.map(\.name)).count == methods.count else {
            throw ValidationError("--shots, --methods: expected each once, found one again")
        }
        guard save == nil || methods.count == 1 && shots.count == 1 else {
            throw ValidationError(
                "--save: expected one of --methods and one of --shots, found \(methods.count) and \(shots.count)")
        }
    }

    private static let all: [(name: String, method: any FewShotMethod)] = [
        ("linear-probe", FewShotProbe()), ("tip-adapter", TipAdapter()), ("tip-adapter-f", TrainedTipAdapter()),
        ("clip-adapter", ResidualAdapter()), ("lp++", LPPlusPlus()),
    ]

    private static func named(_ text: String) throws -> [any FewShotMethod] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
            if let found = all.first(where: { $0.name == name.lowercased() }) { return found.method }
            throw ValidationError("expected \(all.map(\.name).joined(separator: ", ")), found \("\(name)".quoted())")
        }
    }

    private static func numbers(_ text: String) throws -> [Int] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            if let number = Int(part), (1...100_000).contains(number) { return number }
            throw ValidationError("expected numbers from 1 to 100000, found \("\(part)".quoted())")
        }
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
