import CLIP
import CLIPData
import CLIPImaging
import CLIPModels
import CLIPTensor
import CLIPTokenization

/// Embeds what a model is measured on.
struct EvaluationPass {
    private let precision: Precision
    private let device: Device
    private let normalisation: PixelNormalisation
    private let tokenizer: any Tokenizer
    private let readsPadding: Bool

    /// A pass in a precision, that of the run where none is given.
    init(_ plan: TrainingPlan, device: Device, precision: Precision? = nil) throws {
        self.precision = precision ?? plan.configuration.precision
        self.device = device
        (tokenizer, readsPadding) = (plan.tokenizer, plan.architecture.text.isPaddedAlways)
        normalisation = try PixelNormalisation(
            mean: plan.preprocessing.mean, std: plan.preprocessing.std, on: device)
    }

    /// Rows of length 1 of the first `limit` images of a batch, `[count, width]`.
    func images(of batch: Batch, _ model: CLIPModel, limit: Int = .max) throws -> Tensor {
        let count = min(batch.count, limit)
        let size = 3 * batch.height * batch.width
        let bytes = count < batch.count ? Array(batch.pixels.prefix(count * size)) : batch.pixels
        let samples = try Tensor(bytes, shape: [count, 3, batch.height, batch.width]).moved(to: device)
        return try rows { try model.visual(normalisation(samples), $0) }
    }

    /// Rows of length 1 of texts, whose ids are the rows of `tokens`.
    func texts(_ tokens: [Int32], count: Int, _ model: CLIPModel) throws -> Tensor {
        let ids = try Tensor(tokens, shape: [count, tokens.count / count]).moved(to: device)
        return try rows { try model.text(ids, $0) }
    }

    /// Rows of length 1 of texts, `[count, width]`.
    func texts(_ captions: some Collection<String>, _ model: CLIPModel) throws -> Tensor {
        let ids = captions.map { tokenizer.encode($0).ids }
        // Where what follows the end changes nothing, the longest text is length enough.
        let length = readsPadding ? tokenizer.contextLength : ids.map(\.count).max() ?? 0
        return try texts(ids.flatMap { tokenizer.row($0, length: length) }, count: captions.count, model)
    }

    /// A row of length 1 for each class, at least one of them, `[classes, width]`: the mean of the rows of its sentences.
    func classes(
        _ labels: [String], _ templates: [PromptTemplate], _ model: CLIPModel
    ) throws -> Tensor {
        try withoutGradients {
            let rows = try labels.map { label in
                let tokens = tokenizer.batch(templates.map { $0(label) }).ids
                return try texts(tokens, count: templates.count, model).mean(0, keepsAxis: true).normalized()
            }
            return try Tensor.concatenated(rows, axis: 0)
        }
    }

    private func rows(_ tower: (Pass) throws -> Tensor) throws -> Tensor {
        try withoutGradients {
            try withAutocast(precision.autocast, on: device) { try tower(Pass(streamType: precision.autocast)) }
                .unitRows()
        }
    }
}
