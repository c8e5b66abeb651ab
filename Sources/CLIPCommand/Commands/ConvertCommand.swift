internal import ArgumentParser
internal import CLIPCheckpoints
internal import CLIPFiles

/// `clip convert`: a model in another layout.
struct ConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write a model as a folder of Hugging Face's or open_clip's layout.",
        discussion: """
            Reads every layout that opens: folders, OpenAI's archives, checkpoints of a training run. Each tensor keeps \
            its type and its bytes: to and fro gives what was there. An --adapter's changes are added in 32 bits and \
            saved in the tensor's own type. The folder appears whole or not at all.

              clip convert ViT-B-32.pt --to hf --output vit-b-32
              clip convert epoch_32.pt --architecture ViT-B-32 --to open_clip --output mine
              clip convert BASE --adapter runs/shoes/adapter --to hf --output shoes   # with a LoRA adapter merged
            """)

    @Argument(
        help: ArgumentHelp("The model: a folder, a file of weights, or ORG/NAME on the hub.", valueName: "model"))
    var model: String

    @OptionGroup var opening: OpeningOptions

    @Option(help: ArgumentHelp("The layout to write.", valueName: "hf|open_clip"), transform: ConvertCommand.layout)
    var to: CheckpointLayout

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var output: String

    func run() async throws {
        let folder = try await opening.open(model)
        try folder.convert(to: output, layout: to)
        Console.report("\(output): written in the layout \(to.rawValue)")
    }

    static func layout(_ text: String) throws -> CheckpointLayout {
        guard let layout = CheckpointLayout(rawValue: text), layout != .weights else {
            throw ValidationError("expected hf or open_clip, found \(text)")
        }
        return layout
    }
}
