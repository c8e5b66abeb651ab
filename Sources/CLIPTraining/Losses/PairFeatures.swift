public import CLIPTensor

// Shapes: B pairs in the batch, E embedding.

/// What a loss compares: the embeddings of a batch's images and texts, and the factor on their cosines.
public struct PairFeatures {
    /// `[B, E]`, each row of length 1.
    public let images: Tensor
    /// `[B, E]`, each row of length 1.
    public let texts: Tensor
    /// The factor on cosines, a scalar.
    public let scale: Tensor
    /// What is added to the scaled cosines, a scalar, where the model has it.
    public let bias: Tensor?

    /// Embeddings of length 1, the factor on their cosines and what is added to that.
    public init(images: Tensor, texts: Tensor, scale: Tensor, bias: Tensor? = nil) {
        (self.images, self.texts, self.scale, self.bias) = (images, texts, scale, bias)
    }

    /// The number of pairs.
    public var count: Int { images.size(0) }

    /// The scaled cosines of some images with all texts `[rows, B]`.
    func logits(_ rows: Range<Int>? = nil) throws -> Tensor {
        let images = try rows.map { try self.images.slice(0, $0) } ?? images
        return try biased(images.matrixProduct(texts.transposed()) * scale)
    }

    func biased(_ scaled: Tensor) throws -> Tensor { try bias.map { try scaled + $0 } ?? scaled }
}
