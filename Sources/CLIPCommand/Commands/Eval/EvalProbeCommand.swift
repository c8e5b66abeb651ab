internal import ArgumentParser
internal import CLIPData
internal import CLIPEvaluation

/// `clip eval probe`: a linear classifier on what the image tower sees.
struct EvalProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Fit a linear classifier to the features of images and measure it on others.",
        discussion: """
            The linear probe of CLIP's paper: logistic regression by L-BFGS on the features before the projection, its penalty \
            chosen on validation images among 97 from 1e-6 to 1e6. Without --validation a fifth of each class's training \
            images is set aside to choose by. Only the figures of --data are reported, which nothing is chosen by.

              clip eval probe --model DIR --train train.tsv --data val.tsv --label-column type

            Standard output has a line for each figure, as that of clip eval zeroshot.
            """)

    @OptionGroup var models: EvaluatedModels
    @OptionGroup(title: "Data") var data: EvaluatedData
    @OptionGroup(title: "Training data") var training: TrainingDataOptions
    @OptionGroup(title: "Classes") var classes: ClassOptions
    @OptionGroup(title: "Results") var output: EvaluationOutput

    func run() async throws {
        try models.global.apply()
        var session = EvaluationSession(models, data, output)
        let sets = try training.sets(data, classes: classes.names(), &session)
        try await session.probe(sets)
        try session.finish(title: sets.test.name)
    }
}
