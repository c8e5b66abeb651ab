internal import ArgumentParser
internal import CLIP
internal import CLIPFiles
internal import CLIPImaging
internal import Foundation

/// `clip verify`: weights held against what is known of them.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hold a model against what is known of it: published numbers, tokens, finite weights.",
        discussion: """
            Published numbers are compared for the pictures that are given: CLIP.png of the repository openai/CLIP, and \
            000000039769.jpg of COCO's validation set of 2017. They are OpenAI's ViT-B/32 and Google's SigLIP base; other \
            weights are held against the rest.

              clip verify openai/clip-vit-base-patch32 --images CLIP.png 000000039769.jpg

            Prints a line for each comparison. Status 65 where one fails.
            """)

    @Argument(
        help: ArgumentHelp("The model: a folder, a file of weights, or ORG/NAME on the hub.", valueName: "model"))
    var model: String

    @OptionGroup var opening: OpeningOptions

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("Pictures that numbers were published for.", valueName: "image"))
    var images: [String] = []

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup(title: "Machine") var global: GlobalOptions

    func run() async throws {
        var options = CLIPEncoder.Options()
        options.device = try global.apply()
        try opening.apply(to: &options)
        var pictures: [String: Bitmap] = [:]
        for path in images {
            pictures[(path as NSString).lastPathComponent] = try Bitmap(file: path, limits: options.imageLimits)
        }
        let clip = try await CLIPEncoder(model: modelPath(model), options: options)
        let verification = try await clip.verify(images: pictures)
        try report(verification)
        guard verification.isPassed else { throw CommandFailure(.badData, "\(model): a comparison failed") }
    }

    private func report(_ verification: Verification) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try Console.print(String(decoding: encoder.encode(verification.checks), as: UTF8.self))
            return
        }
        for check in verification.checks {
            let result = check.result.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)
            try Console.print("\(result)  \(check.subject)")
            try Console.print("         expected \(check.expected); found \(check.found)".onOneLine)
        }
    }
}
