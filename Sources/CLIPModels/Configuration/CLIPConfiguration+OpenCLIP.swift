extension CLIPConfiguration {
    /// The architecture that open_clip calls so (`ViT-B-32`, `ViT-L-14-quickgelu`, `RN50`, `ViT-bigG-14`): with the exact
    /// GELU unless the name ends in `-quickgelu`. Nil where there is none.
    ///
    /// The names stand for other activations than OpenAI's own: ``preset(_:)`` of `ViT-B/32` is `ViT-B-32-quickgelu` here.
    public static func openCLIP(_ name: String) -> CLIPConfiguration? {
        let suffix = "-quickgelu"
        let wanted = name.lowercased()
        let isQuick = wanted.hasSuffix(suffix)
        let base = isQuick ? String(wanted.dropLast(suffix.count)) : wanted
        guard var found = openCLIPArchitectures.first(where: { $0.name.lowercased() == base })?.configuration else {
            return nil
        }
        found.activation = isQuick ? .quickGELU : .gelu
        return found
    }

    /// The names that ``openCLIP(_:)`` knows, each of which may have the suffix `-quickgelu`.
    public static let openCLIPArchitectures: [(name: String, configuration: CLIPConfiguration)] =
        transformers.map { ($0.name, $0.configuration) }
        + presets.compactMap { preset in
            guard case .resNet = preset.configuration.vision else { return nil }
            var configuration = preset.configuration
            configuration.activation = .gelu
            return (preset.name, configuration)
        }

    /// The numbers of an architecture with two transformers.
    private struct Transformers {
        var name: String
        var image: Int
        var patch: Int
        var vision: (width: Int, layers: Int)
        var head = 64
        var mlpRatio = 4.0
        var embedding: Int
        var text: (width: Int, layers: Int)
        var layerScale: Double?

        var configuration: CLIPConfiguration {
            var tower = VisionTransformerConfiguration(
                imageSize: image, patchSize: patch, width: vision.width, layers: vision.layers, headWidth: head,
                mlpRatio: mlpRatio)
            tower.layerScale = layerScale
            return CLIPConfiguration(
                embeddingWidth: embedding, vision: .transformer(tower),
                text: TextTransformerConfiguration(width: text.width, heads: text.width / 64, layers: text.layers))
        }

        /// The same at another size or with other patches, under another name.
        func named(
            _ name: String, image: Int? = nil, patch: Int? = nil, layerScale: Double? = nil
        ) -> Transformers {
            var other = self
            other.name = name
            other.image = image ?? self.image
            other.patch = patch ?? self.patch
            other.layerScale = layerScale ?? self.layerScale
            return other
        }
    }

    private static let small = Transformers(
        name: "ViT-S-32", image: 224, patch: 32, vision: (384, 12), embedding: 384, text: (384, 12))
    private static let smallAlternative = Transformers(
        name: "ViT-S-32-alt", image: 224, patch: 32, vision: (384, 12), embedding: 256, text: (256, 10))
    private static let medium = Transformers(
        name: "ViT-M-32", image: 224, patch: 32, vision: (512, 12), embedding: 512, text: (512, 12))
    private static let mediumAlternative = Transformers(
        name: "ViT-M-32-alt", image: 224, patch: 32, vision: (512, 12), embedding: 384, text: (384, 12))
    private static let base = Transformers(
        name: "ViT-B-32", image: 224, patch: 32, vision: (768, 12), embedding: 512, text: (512, 12))
    private static let basePlus = Transformers(
        name: "ViT-B-16-plus", image: 224, patch: 16, vision: (896, 12), embedding: 640, text: (640, 12))
    private static let large = Transformers(
        name: "ViT-L-14", image: 224, patch: 14, vision: (1024, 24), embedding: 768, text: (768, 12))
    private static let huge = Transformers(
        name: "ViT-H-14", image: 224, patch: 14, vision: (1280, 32), head: 80, embedding: 1024, text: (1024, 24))

    private static let transformers: [Transformers] = [
        small, small.named("ViT-S-16", patch: 16),
        smallAlternative, smallAlternative.named("ViT-S-16-alt", patch: 16),
        medium, medium.named("ViT-M-16", patch: 16),
        mediumAlternative, mediumAlternative.named("ViT-M-16-alt", patch: 16, layerScale: 1e-4),
        base, base.named("ViT-B-32-256", image: 256), base.named("ViT-B-16", patch: 16),
        basePlus, basePlus.named("ViT-B-16-plus-240", image: 240),
        basePlus.named("ViT-B-32-plus-256", image: 256, patch: 32),
        large, large.named("ViT-L-14-280", image: 280), large.named("ViT-L-14-336", image: 336),
        large.named("ViT-L-16", patch: 16), large.named("ViT-L-16-320", image: 320, patch: 16),
        huge, huge.named("ViT-H-16", patch: 16), huge.named("ViT-H-14-378", image: 378),
        Transformers(
            name: "ViT-g-14", image: 224, patch: 14, vision: (1408, 40), head: 88, mlpRatio: 4.3637, embedding: 1024,
            text: (1024, 24)),
        Transformers(
            name: "ViT-bigG-14", image: 224, patch: 14, vision: (1664, 48), head: 104, mlpRatio: 4.9231,
            embedding: 1280, text: (1280, 32)),
        Transformers(
            name: "ViT-e-14", image: 224, patch: 14, vision: (1792, 56), head: 112, mlpRatio: 8.5715, embedding: 1280,
            text: (1280, 36)),
    ]
}
