internal import ArgumentParser
internal import CLIPTensor

/// The tool `clip`: parses, calls the rooms below, prints. Its contract is in ``CommandFailure`` (exit statuses) and
/// ``Console`` (what goes to which stream).
@main
struct ClipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip",
        abstract: "Train CLIP models and use them: classify, embed and compare images and texts.",
        discussion: """
            A model is named by its folder, in Hugging Face's or open_clip's layout, or by its name on the hub, such as \
            openai/clip-vit-base-patch32. Results go to standard output, all else to standard error.

              clip classify --model DIR photo.jpg --labels "a shoe,a shirt,a watch"
              clip embed --model DIR --images *.jpg --output images.npy

            Exit status: 0 done; 64 wrong usage; 65 bad data, in one input or in all; 66 no such input; 69 a device, a \
            disk or a service is not available; 70 a fault of the tool; 130 interrupted.
            """,
        version: "0.1.0 (libtorch \(Engine.version))",
        subcommands: [
            DemoCommand.self,
            TrainCommand.self,
            DataCommand.self,
            ClassifyCommand.self,
            EvalCommand.self,
            EmbedCommand.self,
            TokenizeCommand.self,
            PreprocessCommand.self,
            InspectCommand.self,
            ConvertCommand.self,
            AverageCommand.self,
            PullCommand.self,
            VerifyCommand.self,
        ])

    /// Runs the command that the arguments name, and ends the process with its status.
    static func main() async {
        Console.openMissingStreams()
        let work = Task { await outcome() }
        Interruption.cancel(work)
        await work.value.end()
    }

    private static func outcome() async -> Outcome {
        do {
            try checkArguments()
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch {
            return Outcome(error)
        }
    }
}
