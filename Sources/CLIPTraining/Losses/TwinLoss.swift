public import CLIPTensor

/// A choice between twins alone: pairs 2i and 2i + 1, a scene and its mirrored twin, choose between their two captions, and
/// their captions between the two of them.
public struct TwinLoss: Sendable {
    /// The loss.
    public init() {}

    /// The mean over all pairs of −ln σ(own − twin's similarity), in both directions, a scalar.
    public func callAsFunction(_ features: PairFeatures) throws -> Tensor {
        let (count, width) = (features.count, features.images.size(1))
        precondition(count % 2 == 0, "twins come in pairs")
        // [pairs of twins, 2 images, 2 texts]
        let images = try features.images.reshaped(count / 2, 2, width)
        let texts = try features.texts.reshaped(count / 2, 2, width)
        let logits = try images.matrixProduct(texts.transposed()) * features.scale
        func logit(_ image: Int, _ text: Int) throws -> Tensor { try logits.select(1, image).select(1, text) }
        let margins = try [
            logit(0, 0) - logit(0, 1), logit(1, 1) - logit(1, 0), logit(0, 0) - logit(1, 0), logit(1, 1) - logit(0, 1),
        ]
        return try -Tensor.stacked(margins).logSigmoid().mean()
    }
}
