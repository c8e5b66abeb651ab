import CLIPModels
package import CLIPTensor

/// What both towers read of a batch.
package struct TowerInput {
    /// Normalised pixels `[B, 3, height, width]`.
    let pixels: Tensor
    /// Token ids `[B, length]`.
    let tokens: Tensor

    package init(pixels: Tensor, tokens: Tensor) {
        (self.pixels, self.tokens) = (pixels, tokens)
    }

    /// The number of pairs.
    var count: Int { tokens.size(0) }

    /// Some of the pairs.
    subscript(rows: Range<Int>) -> TowerInput {
        get throws { TowerInput(pixels: try pixels.slice(0, rows), tokens: try tokens.slice(0, rows)) }
    }
}

/// How samples of 0 to 255 become what an image tower reads.
public struct PixelNormalisation {
    private let mean: Tensor
    private let std: Tensor

    /// The mean and deviation of each channel, of samples from 0 to 1.
    init(mean: [Float], std: [Float], on device: Device) throws {
        self.mean = try Tensor(mean, shape: [1, 3, 1, 1]).moved(to: device)
        self.std = try Tensor(std, shape: [1, 3, 1, 1]).moved(to: device)
    }

    /// Samples `[B, 3, height, width]` → pixels of the same shape.
    func callAsFunction(_ samples: Tensor) throws -> Tensor { try (samples.cast(to: .float32) / 255.0 - mean) / std }
}

extension CLIPModel {
    /// The features of a batch, with their history; products in the type of the pass's stream.
    func features(of input: TowerInput, _ pass: Pass) throws -> PairFeatures {
        let (images, texts) = try withAutocast(pass.streamType, on: logitScale.device) {
            (try visual(input.pixels, pass), try text(input.tokens, pass))
        }
        // Cosines decide by their last digits: they and the loss are computed in 32 bits.
        return try features(
            images: images.cast(to: .float32).normalized(), texts: texts.cast(to: .float32).normalized())
    }

    /// Embeddings of length 1 with the model's scale and bias.
    func features(images: Tensor, texts: Tensor) throws -> PairFeatures {
        PairFeatures(images: images, texts: texts, scale: try logitScale.exponential(), bias: logitBias)
    }
}
