import CLIPData
import CLIPImaging
import CLIPModels
import CLIPTensor

/// Embeds what a model is measured on, computed with the run's own precision.
struct EvaluationPass {
    private let precision: Precision
    private let device: Device
    private let normalisation: PixelNormalisation

    init(_ plan: TrainingPlan, device: Device) throws {
        precision = plan.configuration.precision
        self.device = device
        normalisation = try PixelNormalisation(
            mean: plan.preprocessing.mean, std: plan.preprocessing.std, on: device)
    }

    /// Rows of length 1 of the first `limit` images of a batch, `[count, width]`.
    func images(of batch: Batch, _ model: CLIPModel, limit: Int = .max) throws -> Tensor {
        let count = min(batch.count, limit)
        let bytes = Array(batch.pixels.prefix(count * 3 * batch.height * batch.width))
        let samples = try Tensor(bytes, shape: [count, 3, batch.height, batch.width]).moved(to: device)
        return try rows { try model.visual(normalisation(samples), $0) }
    }

    /// Rows of length 1 of texts, whose ids are the rows of `tokens`.
    func texts(_ tokens: [Int32], count: Int, _ model: CLIPModel) throws -> Tensor {
        let ids = try Tensor(tokens, shape: [count, tokens.count / count]).moved(to: device)
        return try rows { try model.text(ids, $0) }
    }

    private func rows(_ tower: (Pass) throws -> Tensor) throws -> Tensor {
        try withoutGradients {
            let rows = try withAutocast(precision.autocast, on: device) {
                try tower(Pass(streamType: precision.autocast))
            }
            return try rows.cast(to: .float32).normalized()
        }
    }
}
