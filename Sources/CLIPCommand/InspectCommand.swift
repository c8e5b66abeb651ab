internal import ArgumentParser
internal import CLIPCheckpoints

/// `clip inspect`: what a model's folder holds.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Tell what a model's folder holds, without reading its weights.")

    @Argument(help: ArgumentHelp("The model: a folder, or a file in it.", valueName: "model"))
    var model: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let inspection = try ModelFolder(opening: model).inspection()
        try Console.print("\(inspection.path)")
    }
}
