import CLIP
import CLIPData
internal import CLIPEvaluation
import CLIPModels
import CLIPTensor
import CLIPTokenization

/// Measures a model on the validation set, without a trace in the run: nothing random is drawn, and batch norms use their
/// running statistics and leave them.
final class Validator {
    private let configuration: ValidationConfiguration
    private let plan: TrainingPlan
    private let data: ValidationSet
    /// The run's loss, of pairs that are neither twins nor a teacher's.
    private let loss: LossConfiguration
    private let pass: EvaluationPass
    /// Tells what is measured, and how, from what another configuration measures.
    let set: String
    private var gridMaker: RetrievalGridMaker

    /// Opens the validation set of a run.
    init(_ configuration: ValidationConfiguration, _ plan: TrainingPlan, _ pass: EvaluationPass) throws {
        self.configuration = configuration
        self.plan = plan
        self.pass = pass
        var loss = plan.configuration.lossConfiguration
        loss.twinWeight = 0
        self.loss = loss
        set = try configuration.fingerprint(batchSize: configuration.batchSize ?? plan.configuration.batchSize)
        data = try ValidationSet(configuration, plan)
        gridMaker = RetrievalGridMaker(data.pairs)
    }

    /// What could not be read of the set.
    var bad: BadSamples { data.bad }

    /// Measures a model; takes a forward pass over the set.
    func evaluate(_ model: CLIPModel, step: Int, pairs: Int) throws -> (ValidationResult, RetrievalGrid) {
        let start = ContinuousClock.now
        return try withoutGradients {
            let embedded = try embed(model)
            let toImages = try Retrieval(embedded.texts, embedded.images, matches: embedded.matches.ofTexts)
            let toTexts = try Retrieval(embedded.images, embedded.texts, matches: embedded.matches.ofImages)
            var metrics = [ValidationMetrics.loss: try meanLoss(of: embedded, model)]
            for depth in ValidationMetrics.depths {
                metrics[ValidationMetrics.imageRetrieval(depth)] = toImages.recall(at: depth)
                metrics[ValidationMetrics.textRetrieval(depth)] = toTexts.recall(at: depth)
            }
            // Always in the same order: a sum's last bit depends on it.
            let recalls = [toImages, toTexts].flatMap { ranks in ValidationMetrics.depths.map(ranks.recall(at:)) }
            metrics[ValidationMetrics.meanRecall] = recalls.reduce(0, +) / Double(recalls.count)
            for (column, templates) in configuration.classes {
                metrics[ValidationMetrics.zeroShot(column)] = try zeroShot(column, templates, embedded, model)
            }
            let grid = try gridMaker.grid(embedded, step: step)
            metrics = metrics.filter { $0.value.isFinite }
            let best = metrics[configuration.best]
            let result = ValidationResult(
                step: step, pairs: pairs, metrics: metrics,
                score: best.map { configuration.best == ValidationMetrics.loss ? -$0 : $0 },
                metric: configuration.best, set: set,
                images: embedded.images.count, texts: embedded.texts.count,
                seconds: (ContinuousClock.now - start) / .seconds(1))
            return (result, grid)
        }
    }

    private func embed(_ model: CLIPModel) throws -> EmbeddedSet {
        var embedded = EmbeddedSet(width: model.configuration.embeddingWidth)
        try data.read { batch in
            embedded.add(
                images: try pass.images(of: batch, model).elements(),
                batch.indices.map { (index: $0, captions: data.pairs.captions(at: $0)) })
        }
        for start in stride(from: 0, to: embedded.captions.count, by: data.batchSize) {
            let captions = embedded.captions[start..<min(embedded.captions.count, start + data.batchSize)]
            embedded.add(texts: try pass.texts(captions, model).elements())
        }
        return embedded
    }

    /// The mean loss of batches of different images.
    private func meanLoss(of embedded: EmbeddedSet, _ model: CLIPModel) throws -> Double {
        let losses = try embedded.batches(of: data.batchSize).map { pairs in
            func rows(_ embeddings: Embeddings, _ rows: [Int]) throws -> Tensor {
                try Tensor(rows.flatMap { embeddings[$0] }, shape: [pairs.count, embeddings.width])
                    .moved(to: model.logitScale.device)
            }
            var firsts: [Int: Int32] = [:]
            for (row, pair) in pairs.enumerated().reversed() { firsts[pair.text] = Int32(row) }
            let matches = loss.matches(
                count: pairs.count, equalCaptions: pairs.map { firsts[$0.text] ?? 0 },
                equalImages: Array(0..<Int32(pairs.count)))
            let features = try model.features(
                images: rows(embedded.images, pairs.map(\.image)), texts: rows(embedded.texts, pairs.map(\.text)))
            return try loss(features, matches).scalar()
        }
        return losses.reduce(0, +) / Double(max(1, losses.count))
    }

    /// The share of the images with a value in a column that are nearest to the prompts of that value.
    private func zeroShot(
        _ column: String, _ templates: [String], _ embedded: EmbeddedSet, _ model: CLIPModel
    ) throws -> Double {
        let words = configuration.data.words[column] ?? [:]
        let values = embedded.indices.map { data.pairs.row(at: $0)[column] ?? "" }.map { words[$0] ?? $0 }
        let labels = Set(values).subtracting([""]).sorted()
        guard !labels.isEmpty else { return .nan }
        let number = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        let shown = labels.map { configuration.data.lowercase ? $0.lowercased() : $0 }
        let rows = try pass.classes(shown, configuration.parsed(templates, of: column), model)
        let classes = Embeddings(width: embedded.images.width, values: try rows.elements())
        let found = try Retrieval(
            embedded.images, classes, matches: values.map { value in number[value].map { [$0] } ?? [] })
        return found.recall(at: 1)
    }
}
