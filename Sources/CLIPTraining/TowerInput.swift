import CLIPModels
package import CLIPTensor

/// What both towers read of a batch.
package struct TowerInput {
    /// Pixels `[B, 3, height, width]`, or what becomes them.
    private let samples: Tensor
    /// Token ids `[B, length]`.
    let tokens: Tensor
    /// How samples become pixels; nil where they are.
    private let normalisation: PixelNormalisation?

    /// Normalised pixels and their texts.
    package init(pixels: Tensor, tokens: Tensor) {
        self.init(samples: pixels, tokens: tokens, nil)
    }

    /// Samples of 0 to 255, which are normalised when a tower reads them: those of a micro batch at a time.
    init(samples: Tensor, tokens: Tensor, _ normalisation: PixelNormalisation?) {
        (self.samples, self.tokens, self.normalisation) = (samples, tokens, normalisation)
    }

    /// Normalised pixels `[B, 3, height, width]`.
    var pixels: Tensor {
        get throws { try normalisation.map { try $0(samples) } ?? samples }
    }

    /// The number of pairs.
    var count: Int { tokens.size(0) }

    /// Some of the pairs.
    subscript(rows: Range<Int>) -> TowerInput {
        get throws {
            TowerInput(samples: try samples.slice(0, rows), tokens: try tokens.slice(0, rows), normalisation)
        }
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

extension Tensor {
    /// A tower's output as rows of length 1 in 32 bits: cosines decide by their last digits.
    func unitRows() throws -> Tensor { try cast(to: .float32).normalized() }
}

extension CLIPModel {
    /// The features of a batch, with their history; products in the type of the pass's stream.
    func features(of input: TowerInput, _ pass: Pass) throws -> PairFeatures {
        try features(images: images(of: input, pass), texts: texts(of: input, pass))
    }

    /// The images' embeddings `[B, E]` of length 1.
    func images(of input: TowerInput, _ pass: Pass) throws -> Tensor {
        try withAutocast(pass.streamType, on: logitScale.device) { try visual(input.pixels, pass) }.unitRows()
    }

    /// The texts' embeddings `[B, E]` of length 1.
    func texts(of input: TowerInput, _ pass: Pass) throws -> Tensor {
        try withAutocast(pass.streamType, on: logitScale.device) { try text(input.tokens, pass) }.unitRows()
    }

    /// Embeddings of length 1 with the model's scale and bias.
    func features(images: Tensor, texts: Tensor) throws -> PairFeatures {
        PairFeatures(images: images, texts: texts, scale: try logitScale.exponential(), bias: logitBias)
    }
}
