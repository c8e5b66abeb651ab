package import CLIPModels

/// What the authors of published weights got for a public picture, to hold one's own weights against.
package struct GoldenNumbers: Sendable {
    /// What the numbers are.
    package enum Kind: String, Sendable {
        /// The softmax over the captions.
        case probabilities
        /// The scaled cosines, with the bias where there is one.
        case logits
    }

    /// Whose numbers they are.
    package let source: String
    /// The weights that they are of.
    package let weights: String
    /// The picture's file name and its size in pixels, by which it is recognised.
    package let image: String
    package let imageSize: (width: Int, height: Int)
    package let texts: [String]
    package let kind: Kind
    package let expected: [Float]
    /// How far a component may be off: what the decimals that were published and another decoder's rounding allow.
    package let tolerance: Float
    /// Whether a model may have these weights, by its architecture.
    package let fits: @Sendable (CLIPConfiguration) -> Bool

    /// All that a comparison needs.
    package init(
        source: String, weights: String, image: String, imageSize: (width: Int, height: Int), texts: [String],
        kind: Kind, expected: [Float], tolerance: Float, fits: @escaping @Sendable (CLIPConfiguration) -> Bool
    ) {
        (self.source, self.weights, self.image, self.imageSize) = (source, weights, image, imageSize)
        (self.texts, self.kind, self.expected, self.tolerance, self.fits) = (texts, kind, expected, tolerance, fits)
    }

    static let all = [openAI, huggingFace, sigLIP]

    private static let openAI = GoldenNumbers(
        source: "the README of openai/CLIP", weights: "OpenAI's ViT-B/32", image: "CLIP.png", imageSize: (2162, 762),
        texts: ["a diagram", "a dog", "a cat"], kind: .probabilities, expected: [0.9927937, 0.00421068, 0.00299572],
        tolerance: 1e-3, fits: isViTB32)

    private static let huggingFace = GoldenNumbers(
        source: "the tests of transformers", weights: "OpenAI's ViT-B/32", image: "000000039769.jpg",
        imageSize: (640, 480), texts: ["a photo of a cat", "a photo of a dog"], kind: .logits,
        expected: [24.5701, 19.3049], tolerance: 0.05, fits: isViTB32)

    private static let sigLIP = GoldenNumbers(
        source: "the tests of transformers", weights: "Google's SigLIP base, patch 16, 224 pixels",
        image: "000000039769.jpg", imageSize: (640, 480), texts: ["a photo of 2 cats", "a photo of 2 dogs"],
        kind: .logits, expected: [-0.7567, -10.3354], tolerance: 0.05,
        fits: { configuration in
            guard case .sigLIP(let tower) = configuration.vision else { return false }
            return tower.width == 768 && tower.patchSize == 16 && tower.imageSize == 224
                && configuration.text.vocabularySize == 32000
        })

    private static func isViTB32(_ configuration: CLIPConfiguration) -> Bool {
        guard let preset = CLIPConfiguration.preset("ViT-B/32") else { return false }
        var comparable = configuration
        comparable.initialLogitScale = preset.initialLogitScale
        comparable.text.pooling = preset.text.pooling
        return comparable == preset
    }
}
