internal import ArgumentParser
internal import CLIP
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles
internal import CLIPImaging
internal import Foundation

/// `clip eval retrieval`: images by their captions, and captions by their images.
struct EvalRetrievalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrieval",
        abstract: "Find images by their captions and captions by their images.",
        discussion: """
            image_retrieval_recall@k is the share of captions whose image is among the k nearest, text_retrieval_recall@k that \
            of images with any of their captions among the k nearest, as CLIP_benchmark counts them. An image without a \
            caption is left out. A caption that two images share counts for each with its own alone.

              clip eval retrieval --model DIR --data dataset_coco.json --split test --image-folder val2014

            Standard output has a line for each figure, as that of clip eval zeroshot.
            """)

    @OptionGroup var models: EvaluatedModels
    @OptionGroup(title: "Data") var data: EvaluatedData
    @OptionGroup(title: "Results") var output: EvaluationOutput

    func run() async throws {
        try models.global.apply()
        let source = data.source(data.data, split: data.split)
        var task = RetrievalTask(try source.openCaptioned())
        task.bootstrap = Bootstrap(resamples: output.resamples, seed: models.global.seed ?? 0)
        var report = EvaluationReport()
        if task.set.skipped.count > 0 {
            let line = "\(task.set.skipped.count) entries are left out; the first: \(task.set.skipped.first[0])"
            Console.report("\(data.data): \(line)")
            report.note(line)
        }
        var answers: [RetrievalTask.Answer] = []
        var failed = InputReport(total: task.set.count)
        for model in models.names {
            let answer = try await ask(model, task, source.name(data.split), &failed, isFirst: answers.isEmpty, &report)
            answers.append(answer)
            if answers.count > 1 {
                compare(answers[0], answer, models.names[0], model, source.name(data.split), &report)
            }
        }
        if let folder = output.output {
            try report.write(to: folder, title: source.name(data.split))
            Console.report("\(folder)/report.html: all figures, with examples")
        }
        try EvaluationPrinter(report).print(asJSON: output.json)
        try failed.finish()
    }

    private func ask(
        _ model: String, _ task: RetrievalTask, _ dataset: String, _ failed: inout InputReport, isFirst: Bool,
        _ report: inout EvaluationReport
    ) async throws -> RetrievalTask.Answer {
        let clip = try await models.encoder(model)
        let features = try await FeatureExtractor(clip, cache: output.cacheFolder)
        let bar = ProgressBar("embedding", total: task.set.count, unit: "images")
        let answer = try await task.answer(by: features) { bar.advance(by: $0) }
        if isFirst { failed.add(answer.failures, above: bar) }
        bar.finish()
        if !answer.failures.isEmpty {
            report.note("\(answer.failures.count) images could not be read and do not count")
        }
        if answer.result.repeatedCaptions > 0 {
            report.note(
                "\(answer.result.repeatedCaptions) captions are another image's too, word for word: no model can tell which "
                    + "image is meant")
        }
        report.add(
            Evaluation(
                task: .retrieval, model: model, dataset: dataset, images: answer.kept.count,
                leftOut: answer.failures.count + task.set.skipped.count, figures: answer.result.figures,
                details: [.init("repeated_captions", .integer(answer.result.repeatedCaptions))]),
            architecture: clip.architectureName)
        if output.output != nil {
            let section = RetrievalSection(
                worst: answer.worst, model: model, dataset: dataset, name: { task.set.name(at: $0) },
                image: { index in
                    let bytes = try task.set.imageBytes(at: index)
                    return try Bitmap(decoding: Data(bytes), name: task.set.name(at: index))
                })
            report.add(try section.html(report.sectionCount))
        }
        return answer
    }

    private func compare(
        _ first: RetrievalTask.Answer, _ second: RetrievalTask.Answer, _ model: String, _ other: String,
        _ dataset: String, _ report: inout EvaluationReport
    ) {
        guard first.kept == second.kept else { return }
        let bootstrap = Bootstrap(resamples: output.resamples, seed: models.global.seed ?? 0)
        let directions = [
            ("image_retrieval_recall@5", first.result.images, second.result.images),
            ("text_retrieval_recall@5", first.result.texts, second.result.texts),
        ]
        for (name, one, two) in directions {
            let result = PairedComparison(
                name, first: one.ranks.map { $0 < 5 }, second: two.ranks.map { $0 < 5 }, bootstrap: bootstrap)
            report.add(.init(first: model, second: other, dataset: dataset, result: result))
        }
    }
}
