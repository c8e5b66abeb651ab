public import CLIPModels
import CLIPTensor

/// A model whose choices another one learns to make.
public struct Teacher {
    private let model: CLIPModel
    private let precision: Precision
    let normalisation: PixelNormalisation

    /// A model that is not trained, with the mean and deviation of each channel that its pixels are normalised by.
    public init(_ model: CLIPModel, mean: [Float], std: [Float], precision: Precision = .fp32) throws {
        self.model = model
        self.precision = precision
        normalisation = try PixelNormalisation(mean: mean, std: std, on: model.logitScale.device)
    }

    /// The features of a batch, chunk by chunk, without history.
    func features(of input: TowerInput, _ chunks: [Range<Int>]) throws -> PairFeatures {
        try withoutGradients {
            let parts = try chunks.map { try model.features(of: input[$0], Pass(streamType: precision.autocast)) }
            return try model.features(
                images: Tensor.concatenated(parts.map(\.images), axis: 0),
                texts: Tensor.concatenated(parts.map(\.texts), axis: 0))
        }
    }
}
