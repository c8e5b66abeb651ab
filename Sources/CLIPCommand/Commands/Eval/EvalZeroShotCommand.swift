internal import ArgumentParser
internal import CLIPData
internal import CLIPEvaluation

/// `clip eval zeroshot`: classification without training, and what its probabilities mean.
struct EvalZeroShotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zeroshot",
        abstract: "Classify images of known classes without training.",
        discussion: """
            Accuracies are CLIP_benchmark's: acc1, acc5 (of five classes or more), mean_per_class_recall, and \
            mean_average_precision where images have several labels. A class that is as near as the right one counts as before \
            it. ece is the expected calibration error over 15 bins.

            With --calibrate, a temperature and a least cosine are fitted on each half of the images and measured on the \
            other, and what is kept is fitted on all; with --calibrate-on they are fitted on other images. --keep-calibration puts them beside the \
            model, where clip classify finds them: its probabilities then mean what they say, and images that show none of \
            the classes are told.

              clip eval zeroshot --model DIR --data val.tsv --label-column type --calibrate-on train.tsv --keep-calibration

            Standard output has a line for each figure: task, data, model, name, value, and the ends of its interval, \
            separated by tabs. Images that cannot be read are named and do not count, and the status is 65.
            """)

    @OptionGroup var models: EvaluatedModels
    @OptionGroup(title: "Data") var data: EvaluatedData
    @OptionGroup(title: "Classes") var prompts: PromptOptions
    @OptionGroup(title: "Calibration") var calibration: CalibrationOptions
    @OptionGroup(title: "Results") var output: EvaluationOutput

    func run() async throws {
        try models.global.apply()
        var session = EvaluationSession(models, data, output)
        let names = try prompts.classes.names()
        let set = try data.source(data.data, split: data.split, classes: names).openLabelled()
        session.tell(set.skipped, of: data.data)
        var task = ZeroShotTask(set, classes: try prompts.classes(of: set))
        task.bootstrap = session.bootstrap
        task.calibration = try calibration.source(data, names, seed: session.seed)
        guard task.calibration == nil || !set.isMultiLabel else {
            throw CommandFailure(.usage, "--calibrate: expected images of one class each, found several")
        }
        try await session.zeroShot(task, keepsCalibration: calibration.keepCalibration)
        try session.finish(title: set.name)
    }
}

/// What a calibration is fitted on, and whether it is kept.
struct CalibrationOptions: ParsableArguments {
    @Flag(help: "Fit a calibration on each half of the images and measure it on the other.")
    var calibrate = false

    @Option(help: ArgumentHelp("Fit a calibration on these images, read as --data is.", valueName: "path"))
    var calibrateOn: String?

    @Option(help: ArgumentHelp("The split of --calibrate-on, where it has splits.", valueName: "name"))
    var calibrateSplit: String?

    @Flag(help: "Keep the calibration in the model's folder, where clip classify uses it.")
    var keepCalibration = false

    func validate() throws {
        guard !calibrate || calibrateOn == nil else {
            throw ValidationError("Expected either --calibrate or --calibrate-on.")
        }
        if calibrateSplit != nil, calibrateOn == nil {
            throw ValidationError("--calibrate-split: expected --calibrate-on beside it")
        }
        if keepCalibration, !calibrate, calibrateOn == nil {
            throw ValidationError("--keep-calibration: expected --calibrate or --calibrate-on beside it")
        }
    }

    /// The images to fit on; nil where nothing is to be fitted.
    func source(
        _ data: EvaluatedData, _ names: ClassNames?, seed: UInt64
    ) throws -> ZeroShotTask.CalibrationSource? {
        guard let calibrateOn else { return calibrate ? .halves(seed: seed) : nil }
        return .other(try data.source(calibrateOn, split: calibrateSplit, classes: names).openLabelled())
    }
}
