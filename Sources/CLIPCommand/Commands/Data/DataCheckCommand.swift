internal import ArgumentParser
internal import CLIPCheckpoints
internal import CLIPData
internal import CLIPFiles
internal import CLIPImaging
internal import CLIPPage
internal import CLIPTokenization
internal import Foundation

/// `clip data check`: what is in a data set, and what is wrong with it.
struct DataCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read a whole data set and report on it.",
        discussion: """
            Every image is decoded and every caption tokenized, on all cores: how many cannot be read and why, which \
            images and captions are there more than once, how long captions are and how many would be cut, how large \
            images are.

              clip data check --table train.tsv --html report.html

            Captions are counted with OpenAI's vocabulary unless --model or --tokenizer names another. The status is 65 \
            where something cannot be read.
            """)

    @OptionGroup(title: "Source") var source: SourceOptions

    @Option(
        help: ArgumentHelp("Count tokens as this model does: a folder, a file in it, or ORG/NAME.", valueName: "model"))
    var model: String?

    @Option(help: ArgumentHelp("Count tokens with this vocabulary: a folder, or a file of merges.", valueName: "path"))
    var tokenizer: String?

    @Option(help: ArgumentHelp("Write a page with the report and a contact sheet.", valueName: "file"))
    var html: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard model == nil || tokenizer == nil else { throw ValidationError("Expected either --model or --tokenizer.") }
    }

    func run() async throws {
        let tokenizer = try await chosenTokenizer()
        let pairs = try source.open()
        if tokenizer == nil {
            Console.report("captions are not counted in tokens: there is no vocabulary; name one by --tokenizer")
        }
        let bar = ProgressBar("checking", total: pairs.count, unit: "samples")
        defer { bar.finish() }
        let report = try DataCheck.report(
            on: pairs, named: source.name, tokenizer: tokenizer, shouldStop: { Interruption.isRequested },
            onSamples: { bar.advance(by: $0) })
        bar.finish()
        if let html { try AtomicFile.write(Array(try DataPage(report).html().utf8), to: html) }
        try Console.print(json ? report.json.indentedText : report.lines, terminator: "")
        if report.hasBadSamples { throw CommandFailure(.badData) }
    }

    private func chosenTokenizer() async throws -> (any Tokenizer)? {
        if let model { return try modelTokenizer(await modelPath(model)) }
        guard let tokenizer else {
            let folder = PublishedVocabulary.folder
            return PublishedVocabulary.hasVocabulary(folder) ? try CLIPTokenizer(folder: folder) : nil
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: tokenizer, isDirectory: &isFolder) else {
            throw FileError(.notFound, path: tokenizer, "expected a vocabulary, found none")
        }
        if isFolder.boolValue { return try modelTokenizer(tokenizer) }
        return CLIPTokenizer(vocabulary: try BPEVocabulary(openAI: URL(filePath: tokenizer)))
    }
}

extension DataReport {
    /// The report for a person, a line for each finding.
    fileprivate var lines: String {
        var lines: [(String, String)] = [
            ("samples", "\(samples.grouped), \(readable.grouped) of them readable, with \(captions.grouped) captions")
        ]
        for (reason, found) in unreadable { lines.append(contentsOf: Self.lines("unreadable", reason, found)) }
        if skipped.count > 0 {
            lines.append(contentsOf: Self.lines("passed over", "entries that are no samples", skipped))
        }
        lines.append(("duplicate images", Self.text(duplicateImages)))
        lines.append(("duplicate captions", Self.text(duplicateCaptions)))
        if let tokens {
            lines.append(
                (
                    "caption tokens",
                    "median \(tokens.quantile(0.5)), 95 % up to \(tokens.quantile(0.95)), longest \(tokens.quantile(1)); "
                        + "\(tokens.cut.grouped) longer than \(tokens.context) and cut"
                ))
        }
        lines.append(("image sizes", "width \(Self.text(widths)); height \(Self.text(heights))"))
        lines.append(("image files", "\(bytes.megabytes): \(kinds)"))
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { name, text in
            let padded = name.padding(toLength: width, withPad: " ", startingAt: 0)
            return "\(Console.bold(padded))  \(text.onOneLine)\n"
        }.joined()
    }

    private var kinds: String {
        [formatCounts, modeCounts].map { counts in
            counts.map { "\($0.count.grouped) \($0.name)" }.joined(separator: ", ")
        }.joined(separator: "; ")
    }

    private static func lines(_ name: String, _ reason: String, _ found: BadSamples) -> [(String, String)] {
        [(name, "\(found.count.grouped): \(reason)")] + found.first.map { ("", "  \($0)") }
            + (found.count > found.first.count ? [("", "  …")] : [])
    }

    private static func text(_ duplicates: Duplicates) -> String {
        duplicates.groups == 0
            ? "none" : "\(duplicates.superfluous.grouped) too many, in \(duplicates.groups.grouped) groups"
    }

    private static func text(_ spread: Spread) -> String {
        "\(spread.quantile(0)) to \(spread.quantile(1)), median \(spread.quantile(0.5))"
    }
}
