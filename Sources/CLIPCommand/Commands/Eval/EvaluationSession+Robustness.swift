internal import CLIP
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles
internal import CLIPImaging

extension EvaluationSession {
    /// Spoils images, draws wrong words on them and changes the sentence, and asks each model again.
    mutating func robustness(_ set: any LabelledImages, _ prompts: PromptOptions) async throws {
        let task = try RobustnessTask(
            set, classes: prompts.classes(of: set), templates: prompts.separateTemplates(of: set), seed: seed)
        for name in models.names {
            let model = try await open(name)
            let bar = ProgressBar("embedding", total: set.count * RobustnessTask.passes, unit: "images")
            let answer = try await task.answer(by: model.clip, model.features, bootstrap: bootstrap) {
                bar.advance(by: $0)
            }
            fail(answer.failures, of: set.count, above: bar)
            report.add(
                Evaluation(
                    task: .robustness, model: name, dataset: set.name, images: answer.images,
                    leftOut: answer.failures.count + set.skipped.count, figures: answer.figures,
                    details: answer.details),
                architecture: model.clip.architectureName)
            if output.output != nil {
                report.add(RobustnessSection(answer, model: name, dataset: set.name).html(report.sectionCount))
            }
        }
    }
}

extension RobustnessTask.Answer {
    /// What the document has beside the figures.
    fileprivate var details: [JSON.Member] {
        let spoiled = corruptions.map { entry -> JSON in
            [
                "corruption": .string(entry.corruption.kind.rawValue), "severity": .integer(entry.corruption.severity),
                "acc1": .number(entry.accuracy),
            ]
        }
        let sentences = sentences.map { entry -> JSON in
            ["template": .string(entry.template), "acc1": .number(entry.accuracy)]
        }
        return [.init("corruptions", .array(spoiled)), .init("templates", .array(sentences))]
    }
}
