internal import CLIP
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles
internal import Foundation

extension EvaluationSession {
    /// Asks each model for the classes of images, and compares the others with the first.
    mutating func zeroShot(_ task: ZeroShotTask, keepsCalibration: Bool = false) async throws {
        var answers: [ZeroShotTask.Answer] = []
        for name in models.names {
            let model = try await open(name)
            if answers.isEmpty { reportTruncated(task.classes.flatMap(\.prompts), try await model.clip.tokenizer()) }
            let answer = try await ask(model, task)
            try add(answer, task, name, model)
            if let (fitted, images) = answer.calibration {
                let classes = CalibratedClasses(
                    classes: task.classes, calibration: fitted, images: images,
                    model: try await model.clip.weightsDigest())
                try keep(classes, name, inFolder: keepsCalibration)
            }
            if let first = answers.first { compare(first, answer, name, task.set.name) }
            answers.append(answer)
        }
    }

    private mutating func ask(_ model: OpenedModel, _ task: ZeroShotTask) async throws -> ZeroShotTask.Answer {
        let bar = ProgressBar("embedding", total: task.set.count, unit: "images")
        let answer = try await task.answer(by: model.clip, model.features, worker) { bar.advance(by: $0) }
        fail(answer.failures, of: task.set.count, above: bar)
        tell(strangers: answer.strangers, "to calibrate on are of classes that the set does not have")
        if let reason = answer.calibrationFailure { tell("the calibration is left out: \(reason)") }
        for (first, second) in answer.twins.prefix(8) {
            tell(
                "the classes \(first.quoted()) and \(second.quoted()) are the same to the model: neither is found alone"
            )
        }
        return answer
    }

    private mutating func add(
        _ answer: ZeroShotTask.Answer, _ task: ZeroShotTask, _ name: String, _ model: OpenedModel
    ) throws {
        let set = task.set
        report.add(
            Evaluation(
                task: .zeroShot, model: name, dataset: set.name, images: answer.kept.count,
                leftOut: answer.failures.count + set.skipped.count, figures: answer.result.figures,
                details: answer.details),
            architecture: model.clip.architectureName)
        guard output.output != nil else { return }
        let section = ZeroShotSection(
            answer.result, model: name, dataset: set.name, name: { set.name(at: answer.kept[$0]) },
            image: { try set.bitmap(at: answer.kept[$0]) })
        report.add(try section.html(report.sectionCount))
        for image in answer.result.imageLines(names: answer.kept.map(set.name), model: name) {
            report.add(image: image)
        }
    }

    /// Puts a calibration beside the results, and beside the model where that was asked for.
    private func keep(_ classes: CalibratedClasses, _ name: String, inFolder: Bool) throws {
        if let folder = output.output {
            try makeFolder(folder)
            let number = models.names.firstIndex(of: name).map { $0 == 0 ? "" : "\($0 + 1)-" } ?? ""
            try classes.write(to: "\(folder)/\(number)\(CalibratedClasses.file)")
        }
        guard inFolder else { return }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue else {
            throw CommandFailure(.usage, "--keep-calibration: expected a model's own folder, found \(name.quoted())")
        }
        try classes.write(to: "\(name)/\(CalibratedClasses.file)")
        Console.report("\(name)/\(CalibratedClasses.file): fitted on \(classes.images) images")
    }

    private mutating func compare(
        _ first: ZeroShotTask.Answer, _ second: ZeroShotTask.Answer, _ name: String, _ dataset: String
    ) {
        guard let one = first.result.accuracy, let two = second.result.accuracy, first.kept == second.kept else {
            return
        }
        let result = PairedComparison(
            "acc1", first: one.ranks.map { $0 == 0 }, second: two.ranks.map { $0 == 0 }, bootstrap: bootstrap)
        report.add(.init(first: models.names[0], second: name, dataset: dataset, result: result))
    }
}

extension ZeroShotTask.Answer {
    /// What the document has beside the figures.
    fileprivate var details: [JSON.Member] {
        let classes = result.classResults.map { entry -> JSON in
            var members: [JSON.Member] = [
                .init("class", .string(result.classes[entry.index].label)), .init("images", .integer(entry.count)),
                .init("score", .number(entry.score)),
            ]
            if let confusion = entry.confusion {
                members.append(.init("taken_for", .string(result.classes[confusion.guess].label)))
                members.append(.init("taken_count", .integer(confusion.count)))
            }
            return .object(members)
        }
        guard let (fitted, images) = calibration else { return [.init("classes", .array(classes))] }
        return [
            .init("classes", .array(classes)),
            .init(
                "calibration",
                [
                    "temperature": .number(fitted.temperature), "scale": .number(fitted.scale),
                    "least_cosine": fitted.leastCosine.map(JSON.number) ?? .null, "images": .integer(images),
                ]),
        ]
    }
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
