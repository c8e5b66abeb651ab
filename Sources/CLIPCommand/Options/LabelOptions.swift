internal import ArgumentParser
internal import CLIP
internal import CLIPFiles
internal import Foundation

/// The labels of a zero-shot classification and the sentences that they are put into.
struct LabelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The labels, separated by commas.", valueName: "a,b,c"))
    var labels: String?

    @Option(help: ArgumentHelp("A file with a label on each line; - is standard input.", valueName: "file"))
    var labelsFrom: String?

    @Option(
        help: ArgumentHelp(
            "A classifier that was trained on the model (a run's head/), in place of labels.", valueName: "folder"))
    var head: String?

    @Option(
        name: .customLong("template"),
        help: ArgumentHelp(
            "A sentence with {} in the label's place. Give the option several times, and the sentences' embeddings are "
                + "averaged. Without one, a label is taken as it is.",
            valueName: "sentence"),
        transform: LabelOptions.template)
    var templates: [PromptTemplate] = []

    @Option(
        help: ArgumentHelp(
            "Classes with their sentences and calibration, as clip eval zeroshot keeps them, in place of labels. Where the "
                + "model's folder has them, they are used without this option.",
            valueName: "file"))
    var calibration: String?

    /// The templates to use.
    var prompts: [PromptTemplate] { templates.isEmpty ? [.label] : templates }

    func validate() throws {
        guard named.count <= 1 else {
            throw ValidationError("Expected one of --labels, --labels-from, --head and --calibration.")
        }
        if let source = named.first, ["--head", "--calibration"].contains(source), !templates.isEmpty {
            throw ValidationError("--template: expected none beside \(source)")
        }
        if let labels { try Self.check(Self.split(labels)) }
    }

    /// The options that labels come from.
    private var named: [String] {
        [("--labels", labels), ("--labels-from", labelsFrom), ("--head", head), ("--calibration", calibration)]
            .filter { $1 != nil }.map(\.0)
    }

    /// Whether labels were given to be put into sentences.
    var areGiven: Bool { labels != nil || labelsFrom != nil }

    /// Throws unless labels come from exactly one place: these options, a few-shot adapter, or what a model was kept with.
    func check(beside fewShotAdapter: String?, isOptional: Bool) throws {
        guard let fewShotAdapter else {
            guard named.isEmpty, !isOptional else { return }
            throw ValidationError(
                "Expected one of --labels, --labels-from, --head and --calibration, a few-shot --adapter, or a model whose "
                    + "folder has a calibration.")
        }
        guard let odd = named.first ?? (templates.isEmpty ? nil : "--template") else { return }
        throw ValidationError(
            "\(odd): expected none beside the few-shot adapter \(fewShotAdapter), which brings its labels")
    }

    /// The labels in the order in which they were given.
    func read() throws -> [String] {
        if let labels { return Self.split(labels) }
        let lines = try TextLines.read(labelsFrom ?? "-")
        if let twice = lines.firstRepeated {
            throw FileError(
                .badData, path: labelsFrom ?? "-", "expected each label once, found \(twice.quoted()) again")
        }
        return lines
    }

    private static func split(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    }

    private static func check(_ labels: [String]) throws {
        guard !labels.contains("") else {
            throw ValidationError("--labels: expected a label between the commas, found none")
        }
        if let twice = labels.firstRepeated {
            throw ValidationError("--labels: expected each label once, found \(twice.quoted()) again")
        }
    }

    static func template(_ text: String) throws -> PromptTemplate {
        guard let template = try? PromptTemplate(parsing: text) else {
            throw ValidationError("expected {} where the label belongs")
        }
        return template
    }
}

extension [String] {
    /// The first text that stood there before.
    var firstRepeated: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0).inserted }
    }
}
