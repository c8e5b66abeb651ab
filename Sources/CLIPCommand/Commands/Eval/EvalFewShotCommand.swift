internal import ArgumentParser
internal import CLIP
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles

/// `clip eval fewshot`: what a few images a class add.
struct EvalFewShotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fewshot",
        abstract: "Let few-shot methods learn from a few images a class and measure them on others.",
        discussion: """
            Methods: linear-probe, tip-adapter, tip-adapter-f, clip-adapter, lp++. Each learns from k images a class, drawn anew \
            for each seed; what a method chooses, it chooses on min(k, 4) other training images a class, or on --validation, \
            and never on --data. A class with fewer images than that gives all it has, which is said.

              clip eval fewshot --model DIR --train train.tsv --data val.tsv --label-column type --template "a photo of a {}"

            One method with one number of shots can be kept for clip classify:

              clip eval fewshot --model DIR --train train.tsv --data val.tsv --methods lp++ --shots 16 --save shoes
              clip classify --model DIR --adapter shoes photo.jpg

            Standard output has a line for each figure, as that of clip eval zeroshot: the mean over the seeds.
            """)

    @OptionGroup var models: EvaluatedModels
    @OptionGroup(title: "Data") var data: EvaluatedData
    @OptionGroup(title: "Training data") var training: TrainingDataOptions
    @OptionGroup(title: "Methods") var options: FewShotOptions
    @OptionGroup(title: "Classes") var prompts: PromptOptions
    @OptionGroup(title: "Results") var output: EvaluationOutput

    func validate() throws {
        guard options.save == nil || models.names.count == 1 else {
            throw ValidationError("--save: expected one model, found \(models.names.count)")
        }
    }

    func run() async throws {
        try models.global.apply()
        if let folder = options.save { try AtomicFolder.check(folder, replaceable: FewShotAdapter.files) }
        var session = EvaluationSession(models, data, output)
        let sets = try training.sets(data, classes: prompts.classes.names(), &session)
        try await session.fewShot(sets, prompts: prompts, options)
        try session.finish(title: sets.test.name)
    }
}
