internal import ArgumentParser
internal import CLIPData
internal import CLIPEvaluation

/// `clip eval robustness`: how much a classification suffers from spoiled images and other words.
struct EvalRobustnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "robustness",
        abstract: "Classify spoiled images, images with wrong words on them, and by one sentence after the other.",
        discussion: """
            Images are blurred, given noise, compressed, lightened, turned and cropped in five strengths each, as the tower \
            sees them: blur, noise, JPEG and brightness as in ImageNet-C. In the typographic attack the name of a wrong class \
            is drawn on each image. Last, each template is used alone: how far accuracies lie apart tells how much the choice \
            of a sentence matters.

              clip eval robustness --model DIR --data val.tsv --label-column type --templates sentences.txt

            It embeds each image \(RobustnessTask.passes) times. Standard output has a line for each figure, as that of clip \
            eval zeroshot.
            """)

    @OptionGroup var models: EvaluatedModels
    @OptionGroup(title: "Data") var data: EvaluatedData
    @OptionGroup(title: "Classes") var prompts: PromptOptions
    @OptionGroup(title: "Results") var output: EvaluationOutput

    func run() async throws {
        try models.global.apply()
        var session = EvaluationSession(models, data, output)
        let set = try data.source(data.data, split: data.split, classes: prompts.classes.names()).openLabelled()
        session.tell(set.skipped, of: data.data)
        try await session.robustness(set, prompts)
        try session.finish(title: set.name)
    }
}
