internal import ArgumentParser
internal import CLIP
internal import CLIPCheckpoints
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles
internal import CLIPImaging
internal import CLIPPage
internal import Foundation

/// `clip eval zeroshot`: classification without training, and what its probabilities mean.
struct EvalZeroShotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zeroshot",
        abstract: "Classify images of known classes without training.",
        discussion: """
            Accuracies are CLIP_benchmark's: acc1, acc5 (of five classes or more), mean_per_class_recall, and \
            mean_average_precision where images have several labels. A class that is as near as the right one counts as before \
            it. ece is the expected calibration error over 15 bins.

            With --calibrate, a temperature and a least cosine are fitted on one half of the images, and all figures are of \
            the other half; with --calibrate-on they are fitted on other images. --keep-calibration puts them beside the \
            model, where clip classify finds them: its probabilities then mean what they say, and images that show none of \
            the classes are told.

              clip eval zeroshot --model DIR --data val.tsv --label-column type --calibrate-on train.tsv --keep-calibration

            Standard output has a line for each figure: task, data, model, name, value, and the ends of its interval, \
            separated by tabs. Images that cannot be read are named and do not count, and the status is 65.
            """)

    @OptionGroup var models: EvaluatedModels
    @OptionGroup(title: "Data") var data: EvaluatedData
    @OptionGroup(title: "Classes") var prompts: PromptOptions

    @Flag(help: "Fit a calibration on one half of the images and measure on the other.")
    var calibrate = false

    @Option(help: ArgumentHelp("Fit a calibration on these images, read as --data is.", valueName: "path"))
    var calibrateOn: String?

    @Option(help: ArgumentHelp("The split of --calibrate-on, where it has splits.", valueName: "name"))
    var calibrateSplit: String?

    @Flag(help: "Keep the calibration in the model's folder, where clip classify uses it.")
    var keepCalibration = false

    @OptionGroup(title: "Results") var output: EvaluationOutput

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

    func run() async throws {
        try models.global.apply()
        let names = try prompts.names()
        let set = try data.source(data.data, split: data.split, classes: names).openLabelled()
        var task = ZeroShotTask(set, classes: try prompts.classes(of: set))
        task.bootstrap = Bootstrap(resamples: output.resamples, seed: models.global.seed ?? 0)
        task.calibration = try calibrationSource(names)
        if task.calibration != nil, set.isMultiLabel {
            throw CommandFailure(.usage, "--calibrate: expected images of one class each, found several")
        }
        var report = EvaluationReport()
        if set.skipped.count > 0 {
            Console.report("\(data.data): left out \(set.skipped.count) entries; the first: \(set.skipped.first[0])")
            report.note("\(set.skipped.count) entries of the set are left out; the first: \(set.skipped.first[0])")
        }
        var answers: [ZeroShotTask.Answer] = []
        var failed = InputReport(total: set.count)
        for (index, model) in models.names.enumerated() {
            let answer = try await ask(model, task, &failed, isFirst: index == 0, &report)
            answers.append(answer)
            if index > 0 { compare(answers[0], answer, models.names[0], model, set, &report) }
        }
        if let folder = output.output {
            try report.write(to: folder, title: set.name)
            Console.report("\(folder)/report.html: all figures, with examples")
        }
        try EvaluationPrinter(report).print(asJSON: output.json)
        try failed.finish()
    }

    private func calibrationSource(_ names: ClassNames?) throws -> ZeroShotTask.CalibrationSource? {
        if let calibrateOn {
            return .other(try data.source(calibrateOn, split: calibrateSplit, classes: names).openLabelled())
        }
        return calibrate ? .half(seed: models.global.seed ?? 0) : nil
    }

    private func ask(
        _ model: String, _ task: ZeroShotTask, _ failed: inout InputReport, isFirst: Bool,
        _ report: inout EvaluationReport
    ) async throws -> ZeroShotTask.Answer {
        let clip = try await models.encoder(model)
        reportTruncated(task.classes.flatMap(\.prompts), try await clip.tokenizer())
        let features = try await FeatureExtractor(clip, cache: output.cacheFolder)
        let bar = ProgressBar("embedding", total: task.set.count, unit: "images")
        let answer = try await task.answer(by: clip, features) { bar.advance(by: $0) }
        if isFirst { failed.add(answer.failures, above: bar) }
        bar.finish()
        if !answer.failures.isEmpty {
            report.note("\(answer.failures.count) images could not be read and do not count")
        }
        if answer.strangers > 0 {
            Console.report(
                "\(answer.strangers) images to calibrate on are of classes that the set does not have, and are left out"
            )
        }
        let evaluation = Evaluation(
            task: .zeroShot, model: model, dataset: task.set.name, images: answer.kept.count,
            leftOut: answer.failures.count + task.set.skipped.count, figures: answer.result.figures,
            details: details(answer))
        report.add(evaluation, architecture: clip.architectureName)
        let section = ZeroShotSection(
            answer.result, model: model, dataset: task.set.name, name: { task.set.name(at: answer.kept[$0]) },
            image: { try task.set.bitmap(at: answer.kept[$0]) })
        if output.output != nil {
            report.add(try section.html(report.sectionCount))
            for image in answer.result.imageLines(names: answer.kept.map(task.set.name), model: model) {
                report.add(image: image)
            }
        }
        try await keep(answer, task, clip, model)
        return answer
    }

    private func keep(
        _ answer: ZeroShotTask.Answer, _ task: ZeroShotTask, _ clip: CLIPEncoder, _ model: String
    ) async throws {
        guard let (fitted, images) = answer.calibration else { return }
        let classes = CalibratedClasses(
            classes: task.classes, calibration: fitted, images: images, model: try await clip.weightsDigest())
        if let folder = output.output {
            try makeFolder(folder)
            try classes.write(
                to:
                    "\(folder)/\(models.names.count == 1 ? "" : "\(models.names.firstIndex(of: model) ?? 0)-")\(CalibratedClasses.file)"
            )
        }
        guard keepCalibration else { return }
        guard isFolder(model) else {
            throw CommandFailure(.usage, "--keep-calibration: expected a model's own folder, found \(model)")
        }
        try classes.write(to: "\(model)/\(CalibratedClasses.file)")
        Console.report("\(model)/\(CalibratedClasses.file): fitted on \(images) images")
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private func compare(
        _ first: ZeroShotTask.Answer, _ second: ZeroShotTask.Answer, _ model: String, _ other: String,
        _ set: any LabelledImages, _ report: inout EvaluationReport
    ) {
        guard let one = first.result.accuracy, let two = second.result.accuracy, first.kept == second.kept else {
            return
        }
        let result = PairedComparison(
            "acc1", first: one.ranks.map { $0 == 0 }, second: two.ranks.map { $0 == 0 },
            bootstrap: Bootstrap(resamples: output.resamples, seed: models.global.seed ?? 0))
        report.add(.init(first: model, second: other, dataset: set.name, result: result))
    }

    private func details(_ answer: ZeroShotTask.Answer) -> [JSON.Member] {
        var details = [
            JSON.Member(
                "classes",
                .array(
                    answer.result.classResults.map { entry in
                        var members = [
                            JSON.Member("class", .string(answer.result.classes[entry.index].label)),
                            JSON.Member("images", .integer(entry.count)), JSON.Member("score", .number(entry.score)),
                        ]
                        if let confusion = entry.confusion {
                            members.append(
                                JSON.Member("taken_for", .string(answer.result.classes[confusion.guess].label)))
                            members.append(JSON.Member("taken_count", .integer(confusion.count)))
                        }
                        return .object(members)
                    }))
        ]
        if let (fitted, images) = answer.calibration {
            details.append(
                JSON.Member(
                    "calibration",
                    [
                        "temperature": .number(fitted.temperature), "scale": .number(fitted.scale),
                        "least_cosine": fitted.leastCosine.map(JSON.number) ?? .null, "images": .integer(images),
                    ]))
        }
        return details
    }
}

extension LabelledImages {
    /// The pixels of an image.
    fileprivate func bitmap(at index: Int) throws -> Bitmap { try image(at: index).bitmap(named: name(at: index)) }
}

extension ZeroShotResult {
    /// A line for each image: what it is, and what it was taken for.
    fileprivate func imageLines(names: [String], model: String) -> [JSON] {
        guard let accuracy else { return [] }
        let sure = calibrated ?? reliability
        return names.indices.map { index in
            [
                "image": .string(names[index]), "model": .string(model),
                "class": .string(classes[accuracy.truths[index]].label),
                "guesses": .array(accuracy.guesses[index].map { .string(classes[$0].label) }),
                "probability": sure.map { .number(shortest: $0.confidences[index]) } ?? .null,
            ]
        }
    }
}
