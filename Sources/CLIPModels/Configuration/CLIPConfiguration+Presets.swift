extension CLIPConfiguration {
    /// The published models by name (Radford et al. 2021, tables 19 and 20).
    public static let presets: [(name: String, configuration: CLIPConfiguration)] = [
        ("RN50", resNet([3, 4, 6, 3], width: 64, size: 224, embedding: 1024, text: 512)),
        ("RN101", resNet([3, 4, 23, 3], width: 64, size: 224, embedding: 512, text: 512)),
        ("RN50x4", resNet([4, 6, 10, 6], width: 80, size: 288, embedding: 640, text: 640)),
        ("RN50x16", resNet([6, 8, 18, 8], width: 96, size: 384, embedding: 768, text: 768)),
        ("RN50x64", resNet([3, 15, 36, 10], width: 128, size: 448, embedding: 1024, text: 1024)),
        ("ViT-B/32", transformer(patch: 32, width: 768, layers: 12, embedding: 512, text: 512)),
        ("ViT-B/16", transformer(patch: 16, width: 768, layers: 12, embedding: 512, text: 512)),
        ("ViT-L/14", transformer(patch: 14, width: 1024, layers: 24, embedding: 768, text: 768)),
        ("ViT-L/14@336", transformer(patch: 14, width: 1024, layers: 24, size: 336, embedding: 768, text: 768)),
    ]

    /// A published model by its name (`ViT-B/32`, with OpenAI's activation), else the architecture that open_clip calls so
    /// (`ViT-B-32`, with the exact GELU); nil where there is none.
    public static func preset(_ name: String) -> CLIPConfiguration? {
        let wanted = name.lowercased()
        return presets.first { $0.name.lowercased() == wanted }?.configuration ?? openCLIP(name)
    }

    private static func resNet(
        _ layers: [Int], width: Int, size: Int, embedding: Int, text: Int
    ) -> CLIPConfiguration {
        CLIPConfiguration(
            embeddingWidth: embedding,
            vision: .resNet(ModifiedResNetConfiguration(imageSize: size, layers: layers, width: width)),
            text: TextTransformerConfiguration(width: text, heads: text / 64), activation: .quickGELU)
    }

    private static func transformer(
        patch: Int, width: Int, layers: Int, size: Int = 224, embedding: Int, text: Int
    ) -> CLIPConfiguration {
        let vision = VisionTransformerConfiguration(imageSize: size, patchSize: patch, width: width, layers: layers)
        return CLIPConfiguration(
            embeddingWidth: embedding, vision: .transformer(vision),
            text: TextTransformerConfiguration(width: text, heads: text / 64), activation: .quickGELU)
    }
}
