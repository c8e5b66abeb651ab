internal import ArgumentParser
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles

/// `clip eval all`: every measure that the data allow, in one report.
struct EvalAllCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Measure everything that the data allow, in one report.",
        discussion: """
            Classification without training, calibrated by halves or on --calibrate-on, and robustness, where \
            --data has classes; retrieval where it has captions; the linear probe and few-shot methods where there are \
            training images (--train, or a train split). What cannot be measured is said, with the reason.

              clip eval all --model DIR --data val.tsv --label-column type --caption-column title --train train.tsv --output report
            """)

    @OptionGroup var models: EvaluatedModels
    @OptionGroup(title: "Data") var data: EvaluatedData
    @OptionGroup(title: "Training data") var training: TrainingDataOptions
    @OptionGroup(title: "Classes") var prompts: PromptOptions
    @OptionGroup(title: "Calibration") var calibration: CalibrationOptions
    @OptionGroup(title: "Methods") var fewShot: FewShotOptions
    @OptionGroup(title: "Results") var output: EvaluationOutput

    func run() async throws {
        try models.global.apply()
        var session = EvaluationSession(models, data, output)
        let source = data.source(data.data, split: data.split, classes: try prompts.classes.names())
        let isLabelled = try await classify(source, &session)
        let isCaptioned = try await retrieve(source, &session)
        guard isLabelled || isCaptioned else {
            throw CommandFailure(.badData, "\(data.data): expected images with classes or with captions, found neither")
        }
        if isLabelled { try await learn(&session) }
        try session.finish(title: source.name(data.split))
    }

    private func classify(_ source: EvaluationSource, _ session: inout EvaluationSession) async throws -> Bool {
        guard let set = Self.opened("classification", source.openLabelled) else { return false }
        session.tell(set.skipped, of: data.data)
        var task = ZeroShotTask(set, classes: try prompts.classes(of: set))
        task.bootstrap = session.bootstrap
        task.isCalibrationOptional = true
        if !set.isMultiLabel {
            task.calibration =
                try calibration.source(data, prompts.classes.names(), seed: session.seed) ?? .halves(seed: session.seed)
        }
        try await session.zeroShot(task, keepsCalibration: calibration.keepCalibration)
        guard !set.isMultiLabel else {
            Console.report("robustness, probe and few shots are left out: images have several classes")
            return false
        }
        try await session.robustness(set, prompts)
        return true
    }

    private func retrieve(_ source: EvaluationSource, _ session: inout EvaluationSession) async throws -> Bool {
        guard let set = Self.opened("retrieval", source.openCaptioned) else { return false }
        var task = RetrievalTask(set)
        task.bootstrap = session.bootstrap
        try await session.retrieval(task, dataset: source.name(data.split))
        return true
    }

    private func learn(_ session: inout EvaluationSession) async throws {
        let names = try prompts.classes.names()
        guard let sets = Self.opened("the probe and few shots", { try training.sets(data, classes: names, &session) })
        else { return }
        try await session.probe(sets)
        try await session.fewShot(sets, prompts: prompts, fewShot)
    }

    /// What can be opened; what cannot is said.
    private static func opened<Set>(_ what: String, _ open: () throws -> Set) -> Set? {
        do { return try open() } catch {
            Console.report("\(what) is left out: \("\(error)".onOneLine)")
            return nil
        }
    }
}
