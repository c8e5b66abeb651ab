/// An architecture that cannot be built, in one line.
public struct ConfigurationError: Error, CustomStringConvertible, Sendable {
    /// What is wrong: a key such as `text_cfg.width`, or a file.
    public let name: String
    /// What was expected and what was found.
    public let reason: String

    public var description: String { "\(name): \(reason)" }

    init(_ name: String, _ reason: String) { (self.name, self.reason) = (name, reason) }
}

extension CLIPConfiguration {
    /// The largest width and number of heads that a configuration may have: far above every public model, and small enough
    /// that no product of three overflows.
    private static let largest = 1 << 16
    /// The largest vocabulary.
    package static let largestVocabulary = 1 << 24

    /// Throws where a number is out of range or two do not fit together.
    public func validate() throws {
        try check("embed_dim", embeddingWidth)
        try text.validate()
        switch vision {
        case .transformer(let tower): try tower.validate()
        case .resNet(let tower): try tower.validate()
        case .sigLIP(let tower):
            try tower.validate()
            guard tower.width == embeddingWidth else {
                throw ConfigurationError(
                    "embed_dim",
                    "expected the width \(tower.width) of SigLIP's image tower, found \(embeddingWidth)")
            }
        }
        guard text.projection != .none || text.width == embeddingWidth else {
            throw ConfigurationError(
                "embed_dim",
                "expected the width \(text.width) of a text tower without projection, "
                    + "found \(embeddingWidth)")
        }
    }

    static func check(_ name: String, _ value: Int, upTo limit: Int = largest) throws {
        guard (1...limit).contains(value) else {
            throw ConfigurationError(name, "expected a number from 1 to \(limit), found \(value)")
        }
    }

    static func check(_ name: String, _ value: Int, isDivisibleBy divisor: Int, _ divisorName: String) throws {
        guard value % divisor == 0 else {
            throw ConfigurationError(
                name, "expected a multiple of \(divisorName) \(divisor), found \(value)")
        }
    }

    static func checkRatio(_ name: String, _ ratio: Double, width: Int) throws {
        guard ratio.isFinite, ratio > 0, ratio * Double(width) >= 1, ratio <= 64 else {
            throw ConfigurationError(name, "expected a number above 0 and up to 64, found \(ratio)")
        }
    }

    /// The numbers of a transformer over patches.
    static func checkPatches(imageSize: Int, patchSize: Int, width: Int, layers: Int, mlpRatio: Double) throws {
        try check("vision_cfg.image_size", imageSize, upTo: 1 << 14)
        try check("vision_cfg.patch_size", patchSize, upTo: imageSize)
        try check("vision_cfg.width", width)
        try check("vision_cfg.layers", layers, upTo: 1024)
        try checkRatio("vision_cfg.mlp_ratio", mlpRatio, width: width)
    }

    private func check(_ name: String, _ value: Int) throws { try Self.check(name, value) }
}

extension VisionTransformerConfiguration {
    func validate() throws {
        try CLIPConfiguration.checkPatches(
            imageSize: imageSize, patchSize: patchSize, width: width, layers: layers, mlpRatio: mlpRatio)
        try CLIPConfiguration.check("vision_cfg.head_width", headWidth)
        try CLIPConfiguration.check("vision_cfg.width", width, isDivisibleBy: headWidth, "head_width")
    }
}

extension SigLIPVisionConfiguration {
    func validate() throws {
        try CLIPConfiguration.checkPatches(
            imageSize: imageSize, patchSize: patchSize, width: width, layers: layers, mlpRatio: mlpRatio)
        try CLIPConfiguration.check("vision_cfg.heads", heads)
        try CLIPConfiguration.check("vision_cfg.width", width, isDivisibleBy: heads, "heads")
    }
}

extension ModifiedResNetConfiguration {
    func validate() throws {
        try CLIPConfiguration.check("vision_cfg.image_size", imageSize, upTo: 1 << 14)
        try CLIPConfiguration.check("vision_cfg.image_size", imageSize, isDivisibleBy: 32, "the total stride")
        guard layers.count == 4, layers.allSatisfy((1...1024).contains) else {
            throw ConfigurationError("vision_cfg.layers", "expected four counts, found \(layers)")
        }
        try CLIPConfiguration.check("vision_cfg.width", width, upTo: 1 << 16)
        try CLIPConfiguration.check("vision_cfg.width", width, isDivisibleBy: 2, "two")
        try CLIPConfiguration.check("vision_cfg.head_width", headWidth)
        guard features % headWidth == 0 else {
            throw ConfigurationError(
                "vision_cfg.head_width", "expected a divisor of 32 × width, \(features), found \(headWidth)")
        }
    }
}

extension TextTransformerConfiguration {
    func validate() throws {
        try CLIPConfiguration.check("text_cfg.context_length", contextLength, upTo: 1 << 16)
        try CLIPConfiguration.check("text_cfg.vocab_size", vocabularySize, upTo: CLIPConfiguration.largestVocabulary)
        try CLIPConfiguration.check("text_cfg.width", width)
        try CLIPConfiguration.check("text_cfg.layers", layers, upTo: 1024)
        try CLIPConfiguration.check("text_cfg.heads", heads)
        try CLIPConfiguration.check("text_cfg.width", width, isDivisibleBy: heads, "heads")
        try CLIPConfiguration.checkRatio("text_cfg.mlp_ratio", mlpRatio, width: width)
    }
}
