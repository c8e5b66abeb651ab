internal import ArgumentParser
internal import CLIPCheckpoints
internal import CLIPFiles
internal import CLIPImaging
internal import CLIPModels
internal import CLIPPage
internal import Foundation

/// `clip inspect`: what a model's folder holds.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Tell what a model's folder holds: architecture, size, vocabulary, preprocessing.",
        discussion: """
            Configurations and headers are read and checked against each other, no weight is.

              clip inspect runs/emoji/model --json
            """)

    @Argument(
        help: ArgumentHelp(
            "The model: a folder in Hugging Face's or open_clip's layout, a file in it, or ORG/NAME on the hub.",
            valueName: "model"))
    var model: String

    @OptionGroup var opening: OpeningOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let inspection = try await opening.open(model).inspection()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try Console.print(String(decoding: encoder.encode(inspection), as: UTF8.self))
        } else {
            let lines = inspection.lines
            let width = lines.map(\.name.count).max() ?? 0
            for line in lines {
                let name = line.name.padding(toLength: width, withPad: " ", startingAt: 0)
                try Console.print("\(Console.bold(name))  \(line.value.onOneLine)")
            }
        }
    }
}

extension Inspection {
    /// What a person wants to know, a line for each.
    fileprivate var lines: [(name: String, value: String)] {
        [
            ("model", path), ("layout", layoutName),
            ("architecture", architecture ?? "of its own"), ("image tower", imageTower), ("text tower", textTower),
            ("embedding", "\(configuration.embeddingWidth) wide"),
            ("activation", "\(activationNames), as \((sources.configuration as NSString).lastPathComponent) says"),
            (
                "parameters",
                "\(parameters.total.grouped) (image \(parameters.image.grouped), text \(parameters.text.grouped))"
            ),
            ("operations", "\(giga(flops.perImage)) an image, \(giga(flops.perText)) a text"),
            ("weights", dtypes.sorted { $0.key < $1.key }.map { "\($1.grouped) \($0)" }.joined(separator: ", ")),
            ("tokenizer", vocabulary), ("preprocessing", preparation), ("files", files),
        ] + unusual.map { ("unusual", $0) }
    }

    private var layoutName: String {
        switch layout {
        case .huggingFace: "Hugging Face"
        case .openCLIP: "open_clip"
        case .weights: "weights alone"
        }
    }

    private var activationNames: String {
        let image = configuration.vision.activation ?? activation
        return image == activation ? activation.rawValue : "\(image.rawValue) (image), \(activation.rawValue) (text)"
    }

    private var imageTower: String {
        switch configuration.vision {
        case .transformer(let tower):
            "vision transformer, \(tower.imageSize) pixels, patch \(tower.patchSize), width \(tower.width), "
                + "\(tower.layers) layers"
        case .sigLIP(let tower):
            "SigLIP's vision transformer, \(tower.imageSize) pixels, patch \(tower.patchSize), width \(tower.width), "
                + "\(tower.layers) layers"
        case .resNet(let tower):
            "ResNet, \(tower.imageSize) pixels, width \(tower.width), "
                + "\(tower.layers.map(String.init).joined(separator: "+")) blocks"
        }
    }

    private var textTower: String {
        let text = configuration.text
        return "context \(text.contextLength), vocabulary \(text.vocabularySize.grouped), width \(text.width), "
            + "\(text.heads) heads, \(text.layers) layers"
    }

    private var vocabulary: String {
        guard let tokenizer else { return "none: \(tokenizerProblem ?? "no vocabulary")" }
        guard let start = tokenizer.startOfText, let end = tokenizer.endOfText else {
            return "\(tokenizer.kind), \(tokenizer.vocabularySize.grouped) tokens, padded with \(tokenizer.padding)"
        }
        return "\(tokenizer.vocabularySize.grouped) tokens, start \(start), end \(end)"
    }

    private var preparation: String {
        "\(preprocessing.width)×\(preprocessing.height), \(preprocessing.resizeMode.rawValue), "
            + "\(preprocessing.interpolation.rawValue)"
    }

    private var files: String {
        let all = [sources.configuration] + sources.weights + sources.tokenizer + [sources.preprocessing]
        let names = all.filter(FileManager.default.fileExists(atPath:)).map { ($0 as NSString).lastPathComponent }
        return names.enumerated().filter { !names[..<$0.offset].contains($0.element) }.map(\.element)
            .joined(separator: ", ")
    }

    private func giga(_ operations: Int) -> String { String(format: "%.2f GFLOP", Double(operations) / 1e9) }
}
