internal import ArgumentParser
internal import CLIPDemo
internal import CLIPFiles
internal import CLIPTensor

/// `clip demo`: the tour.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Train a CLIP on emoji scenes in minutes, and see what it learned.",
        discussion: """
            Draws scenes of emoji with captions, learns a vocabulary from them, trains a small model, opens what it saved \
            and measures it on combinations that training never showed. Writes into the output folder: model/ (for all \
            other commands), index.html (a page to look at), samples/ (pictures to try), metrics.jsonl.
            """)

    @Option(help: ArgumentHelp("The folder for all that is written.", valueName: "folder"))
    var output = "runs/demo"

    @Option(help: ArgumentHelp("Steps of training; more learn more.", valueName: "n"))
    var steps: Int?

    @Option(
        help: ArgumentHelp("About how long to train on this machine, in place of a number of steps.", valueName: "m"))
    var minutes: Double?

    @Flag(help: "Print what was measured as one JSON object.")
    var json = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let steps, !(1...10_000_000).contains(steps) {
            throw ValidationError("--steps: expected 1 to 10000000, found \(steps)")
        }
        if let minutes, !(minutes > 0 && minutes <= 10_000) {
            throw ValidationError("--minutes: expected more than 0 and at most 10000, found \(minutes)")
        }
        guard steps == nil || minutes == nil else {
            throw ValidationError("expected --steps or --minutes, found both")
        }
        guard !output.isEmpty else { throw ValidationError("--output: expected a folder, found an empty name") }
    }

    func run() async throws {
        var demo = EmojiDemo(output: output)
        demo.device = try global.apply()
        if let seed = global.seed { demo.recipe.seed = seed }
        if let steps { demo.recipe.steps = steps }
        demo.minutes = minutes
        if let tool = CommandLine.arguments.first, !tool.isEmpty { demo.tool = tool }
        Engine.keepFreedMemory()
        let display = DemoDisplay()
        defer { display.finish() }
        let result = try await demo.run { display.show($0) }
        try Console.print(json ? result.json.indentedText : DemoReport(result).text, terminator: "")
    }
}
