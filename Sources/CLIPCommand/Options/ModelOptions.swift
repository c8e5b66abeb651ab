internal import ArgumentParser
internal import CLIP
internal import CLIPCheckpoints
internal import CLIPFiles
internal import CLIPTokenization
internal import Foundation

/// The model of a command, by the name that its user gave.
struct ModelOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The model: a folder in Hugging Face's or open_clip's layout, a file in it, or ORG/NAME on the hub.",
            valueName: "model"))
    var model: String

    @OptionGroup var opening: OpeningOptions

    /// The path of the model, which is pulled where it is named by ORG/NAME.
    func path() async throws -> String { try await modelPath(model) }

    /// Opens the model.
    func open() async throws -> ModelFolder { try await opening.open(model) }

    /// The tokenizer alone, for which the weights of a folder need not be there.
    func tokenizer() async throws -> any Tokenizer { try modelTokenizer(try await path(), opening.options()) }
}

/// The tokenizer of the model at a path, for which the weights of a folder need not be there.
func modelTokenizer(_ model: String, _ options: ModelFolder.Options = ModelFolder.Options()) throws -> any Tokenizer {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: model, isDirectory: &isFolder) else {
        throw FileError(.notFound, path: model, "expected a model's folder or a file in it, found none")
    }
    if let folder = try? ModelFolder(opening: model, options: options) { return try folder.tokenizer() }
    return try vocabulary(URL(filePath: isFolder.boolValue ? model : parentFolder(of: model)))
}

/// The tokenizer of a folder that may hold nothing else.
private func vocabulary(_ folder: URL) throws -> any Tokenizer {
    SentencePieceTokenizer.isPresent(in: folder)
        ? try SentencePieceTokenizer(folder: folder) : try CLIPTokenizer(folder: folder)
}

/// How a command that embeds runs the towers.
struct EncoderOptions: ParsableArguments {
    @OptionGroup var model: ModelOption

    @Option(
        help: ArgumentHelp(
            "The precision of the products: fp32, which agrees with the references to 1e-4, or bf16, which is faster.",
            valueName: "fp32|bf16"),
        transform: EncoderOptions.precision)
    var precision: EncoderPrecision = .float32

    @Option(help: ArgumentHelp("Images or texts that go through a tower at once.", valueName: "n"))
    var batchSize = 32

    @OptionGroup(title: "Machine") var global: GlobalOptions

    func validate() throws {
        guard (1...4096).contains(batchSize) else {
            throw ValidationError("--batch-size: expected 1 to 4096, found \(batchSize)")
        }
    }

    /// Puts the options into effect and opens the model.
    func encoder() async throws -> CLIPEncoder {
        var options = CLIPEncoder.Options()
        options.device = try global.apply()
        options.precision = precision
        try model.opening.apply(to: &options)
        options.batchSize = batchSize
        return try await CLIPEncoder(model: model.path(), options: options)
    }

    static func precision(_ text: String) throws -> EncoderPrecision {
        guard let precision = EncoderPrecision(rawValue: text) else {
            let names = EncoderPrecision.allCases.map(\.rawValue).joined(separator: " or ")
            throw ValidationError("expected \(names)")
        }
        return precision
    }
}
