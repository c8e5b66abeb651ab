internal import CLIP
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles
internal import CLIPImaging
internal import Foundation

extension EvaluationSession {
    /// Lets captions find images and images captions, by each model, and compares the others with the first.
    mutating func retrieval(_ task: RetrievalTask, dataset: String) async throws {
        var answers: [RetrievalTask.Answer] = []
        for name in models.names {
            let model = try await open(name)
            let bar = ProgressBar("embedding", total: task.set.count, unit: "images")
            let answer = try await task.answer(by: model.features, worker) { bar.advance(by: $0) }
            fail(answer.failures, of: task.set.count, above: bar)
            try add(answer, task, name, model, dataset)
            if let first = answers.first { compare(first, answer, name, dataset) }
            answers.append(answer)
        }
    }

    private mutating func add(
        _ answer: RetrievalTask.Answer, _ task: RetrievalTask, _ name: String, _ model: OpenedModel, _ dataset: String
    ) throws {
        if answer.cutCaptions > 0 { tell("\(answer.cutCaptions) captions are longer than the model's context and cut") }
        let repeated = answer.result.repeatedCaptions
        if repeated > 0 {
            report.note("\(repeated) captions are another image's too, word for word: no model can tell which is meant")
        }
        report.add(
            Evaluation(
                task: .retrieval, model: name, dataset: dataset, images: answer.kept.count,
                leftOut: answer.failures.count + task.set.skipped.count, figures: answer.result.figures,
                details: [.init("repeated_captions", .integer(repeated))]),
            architecture: model.clip.architectureName)
        guard output.output != nil else { return }
        let section = RetrievalSection(
            worst: answer.worst, model: name, dataset: dataset, name: { task.set.name(at: $0) },
            image: { index in
                let bytes = try task.set.imageBytes(at: index)
                return try Bitmap(decoding: Data(bytes), name: task.set.name(at: index))
            })
        report.add(try section.html(report.sectionCount))
    }

    private mutating func compare(
        _ first: RetrievalTask.Answer, _ second: RetrievalTask.Answer, _ name: String, _ dataset: String
    ) {
        guard first.kept == second.kept else { return }
        let directions = [
            ("image_retrieval_recall@5", first.result.images, second.result.images),
            ("text_retrieval_recall@5", first.result.texts, second.result.texts),
        ]
        for (figure, one, two) in directions {
            let result = PairedComparison(
                figure, first: one.ranks.map { $0 < 5 }, second: two.ranks.map { $0 < 5 }, bootstrap: bootstrap)
            report.add(.init(first: models.names[0], second: name, dataset: dataset, result: result))
        }
    }
}
