internal import ArgumentParser
internal import CLIPData
internal import CLIPEvaluation

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
        var session = EvaluationSession(models, data, output)
        let source = data.source(data.data, split: data.split)
        var task = RetrievalTask(try source.openCaptioned())
        task.bootstrap = session.bootstrap
        session.tell(task.set.skipped, of: data.data)
        try await session.retrieval(task, dataset: source.name(data.split))
        try session.finish(title: source.name(data.split))
    }
}
