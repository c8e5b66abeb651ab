internal import ArgumentParser

/// `clip eval`: measures what models know.
struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure models: classification without training, retrieval, and what few examples add.",
        discussion: """
            Figures come with the 95 % interval in which they would lie on other samples of the same size; two models are \
            compared by a paired test. Features are kept on disk by the contents of models and images, so that the next \
            question about the same images costs nothing.

              clip eval zeroshot --model DIR --data val.tsv --label-column type --template "a photo of a {}" --output report
            """,
        subcommands: [
            EvalZeroShotCommand.self, EvalRetrievalCommand.self, EvalProbeCommand.self, EvalFewShotCommand.self,
            EvalRobustnessCommand.self, EvalAllCommand.self,
        ])
}
