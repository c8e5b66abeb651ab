internal import ArgumentParser
internal import CLIP
internal import CLIPCheckpoints
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles
internal import Foundation

/// `clip average`: a fine-tuned model and its start averaged, as much of each as is best on validation.
struct AverageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "average",
        abstract: "Average the weights of a fine-tuned model with those of its start (WiSE-FT).",
        usage: """
            clip average <start> <model> --validation <table> [--class-column <name>] [--output <folder>]
            clip average <start> <model> --alpha <share> --output <folder>
            """,
        discussion: """
            A fine-tuned model is better at what it was tuned on and worse at the rest; an average of weights, \
            (1 - alpha) start + alpha model, is often better than both at both. With --validation, averages are held \
            against a table of images: by zero-shot accuracy where --class-column names the column with their classes, \
            else by how often a caption finds its image and an image its caption at the first place. The best is written; \
            of equal ones that with the smallest alpha. Choose with other images than those that you report on.

              clip average BASE runs/shoes/model --validation val.tsv --class-column type \\
                  --template "a photo of a {}" --output shoes-wise

            Standard output has a line for each alpha: the share and the score, separated by a tab. With --json: {"measure", \
            "scores": [{"alpha", "score"}], "best": {"alpha", "score"}}.
            """)

    @Argument(help: ArgumentHelp("The model before fine-tuning.", valueName: "start"))
    var start: String

    @Argument(help: ArgumentHelp("The model after it, of the same architecture.", valueName: "model"))
    var model: String

    @OptionGroup var validation: AverageValidationOptions

    @Option(help: ArgumentHelp("Write the average of this share, without a validation.", valueName: "share"))
    var alpha: Double?

    @Option(help: ArgumentHelp("The folder of the model to write.", valueName: "folder"))
    var output: String?

    @Option(
        help: ArgumentHelp("The layout to write; that of the start, if not given.", valueName: "hf|open_clip"),
        transform: ConvertCommand.layout)
    var to: CheckpointLayout?

    @Option(
        help: ArgumentHelp(
            "The architecture of files of weights alone, as open_clip calls it, such as ViT-B-32-quickgelu.",
            valueName: "name"))
    var architecture: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup(title: "Machine") var global: GlobalOptions

    func validate() throws {
        guard (alpha == nil) != (validation.table == nil) else {
            throw ValidationError("Expected either --alpha or --validation.")
        }
        if let alpha { try AverageValidationOptions.check(alpha, "--alpha") }
        guard alpha == nil || output != nil else { throw ValidationError("Expected --output beside --alpha.") }
        guard alpha == nil || (!json && validation.classColumn == nil) else {
            throw ValidationError("--json, --class-column: expected none beside --alpha, which scores nothing")
        }
        guard to == nil || output != nil else { throw ValidationError("Expected --output beside --to.") }
    }

    func run() async throws {
        let device = try global.apply()
        let (start, model) = (try await modelPath(start), try await modelPath(model))
        // What cannot be averaged, and what no layout holds, is told before the sweep.
        let layout = try layout(of: average(start, model, alpha ?? 0))
        guard let alpha else {
            var options = CLIPEncoder.Options()
            (options.device, options.architecture) = (device, architecture)
            let best = try await sweep(start, model, options)
            return try write(start, model, best, layout)
        }
        try write(start, model, alpha, layout)
    }

    private func average(_ start: String, _ model: String, _ alpha: Double) throws -> ModelFolder {
        var options = ModelFolder.Options()
        options.architecture = architecture
        options.average = ModelFolder.Average(model: model, share: alpha)
        return try ModelFolder(opening: start, options: options)
    }

    /// The layout that was asked for, else the start's, else the one that holds it.
    private func layout(of folder: ModelFolder) throws -> CheckpointLayout {
        if let to { return to }
        guard output != nil, folder.layout == .weights else { return folder.layout }
        switch CheckpointLayout.holding(folder.configuration, folder.preprocessing) {
        case .success(let layout): return layout
        case .failure(let limit): throw FileError(.badData, path: start, "no layout holds the average: \(limit.reason)")
        }
    }

    private func write(_ start: String, _ model: String, _ alpha: Double, _ layout: CheckpointLayout) throws {
        guard let output else { return }
        let folder = try average(start, model, alpha)
        try folder.convert(to: output, layout: layout)
        Console.report("\(output): the average with a share of \(alpha) of \(model), in the layout \(layout.rawValue)")
    }

    /// Scores each average; returns the best share.
    private func sweep(_ start: String, _ model: String, _ options: CLIPEncoder.Options) async throws -> Double {
        let set = try validation.read()
        let sweep = WeightAverageSweep(
            start: start, model: model, images: set.images, question: set.question, options: options)
        var scores: [WeightAverageSweep.Score] = []
        let bar = ProgressBar("averaging", total: validation.shares.count, unit: "averages")
        for share in validation.shares {
            let score = try await sweep.score(alpha: share)
            if scores.isEmpty { for failure in score.failures { bar.note("clip: \(failure), and does not count") } }
            guard score.failures.count < set.images.count else {
                throw CommandFailure(
                    .badData, "\(validation.table ?? ""): expected images that can be read, found none")
            }
            scores.append(score)
            bar.advance(detail: "alpha \(share): \(percentage(Float(score.value)))")
        }
        bar.finish()
        guard let best = scores.best else { return 0 }
        try report(scores, best)
        return best.alpha
    }

    private func report(_ scores: [WeightAverageSweep.Score], _ best: WeightAverageSweep.Score) throws {
        func object(_ score: WeightAverageSweep.Score) -> JSON {
            ["alpha": .number(score.alpha), "score": .number(score.value)]
        }
        if json {
            let document: JSON = [
                "measure": .string(validation.measure), "scores": .array(scores.map(object)), "best": object(best),
            ]
            return try Console.print(document.indentedText, terminator: "")
        }
        if Console.isOutputTerminal { try Console.print("  alpha  \(validation.measure)") }
        for score in scores {
            guard Console.isOutputTerminal else {
                try Console.print("\(score.alpha)\t\(score.value)")
                continue
            }
            let line = "\(String(format: "%7.3f", score.alpha))  \(percentage(Float(score.value)))"
            try Console.print(score.alpha == best.alpha ? Console.bold("\(line)  best") : line)
        }
    }
}

/// The images that averages are held against.
struct AverageValidationOptions: ParsableArguments {
    @Option(
        name: .customLong("validation"),
        help: ArgumentHelp("A TSV or CSV file of images with captions or classes.", valueName: "table"))
    var table: String?

    @Option(
        help: ArgumentHelp(
            "The shares of the model to try, separated by commas. Each takes a pass over the images.",
            valueName: "a,b,c"))
    var alphas = "0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1"

    @Option(help: ArgumentHelp("The column with the images' classes.", valueName: "name"))
    var classColumn: String?

    @Option(
        name: .customLong("template"),
        help: ArgumentHelp("A sentence with {} in the class's place; several are averaged.", valueName: "sentence"),
        transform: LabelOptions.template)
    var templates: [PromptTemplate] = []

    @Option(help: ArgumentHelp("The column with the images' paths.", valueName: "name"))
    var imageColumn = TableOptions().imageKey

    @Option(help: ArgumentHelp("The column with the captions.", valueName: "name"))
    var captionColumn = TableOptions().captionKey

    /// What the scores are.
    var measure: String { classColumn == nil ? "recall at 1, mean of both directions" : "zero-shot accuracy" }

    /// The shares in the order in which they were given.
    var shares: [Double] {
        alphas.split(separator: ",", omittingEmptySubsequences: false).compactMap { Self.share($0) }
    }

    func validate() throws {
        for text in alphas.split(separator: ",", omittingEmptySubsequences: false) {
            guard let share = Self.share(text) else {
                throw ValidationError("--alphas: expected numbers from 0 to 1, found \("\(text)".quoted())")
            }
            try Self.check(share, "--alphas")
        }
        guard templates.isEmpty || classColumn != nil else {
            throw ValidationError("--template: expected --class-column beside it, found none")
        }
    }

    static func check(_ share: Double, _ option: String) throws {
        guard (0...1).contains(share) else { throw ValidationError("\(option): expected 0 to 1, found \(share)") }
    }

    private static func share(_ text: Substring) -> Double? {
        Double(text.trimmingCharacters(in: .whitespaces))
    }

    /// Opens the table.
    func read() throws -> (images: [ImageSource], question: WeightAverageSweep.Question) {
        let path = table ?? ""
        var options = TableOptions()
        options.separator = TableOptions.usualSeparator(of: path)
        (options.imageKey, options.captionKey) = (imageColumn, classColumn ?? captionColumn)
        let pairs = try TablePairs(contentsOf: URL(filePath: path), options: options)
        Console.note(passedOver: pairs.skipped, "lines of \(path)")
        let images = (0..<pairs.count).map { ImageSource.file(pairs.imageFile(at: $0).path) }
        let texts = try (0..<pairs.count).flatMap { try pairs.captions(at: $0, epoch: 0) }
        guard classColumn != nil else { return (images, .captions(texts)) }
        let labels = Set(texts).sorted()
        let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        return (
            images,
            .classes(
                labels: labels, truths: texts.compactMap { places[$0] },
                templates: templates.isEmpty ? [.label] : templates)
        )
    }
}
