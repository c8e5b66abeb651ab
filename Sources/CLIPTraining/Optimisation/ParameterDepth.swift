import CLIPModels

/// How far from the output each parameter of a tower is, in blocks: what layer-wise decay of the learning rate counts.
struct ParameterDepth {
    /// The number of blocks of each tower, by its prefix.
    private let blockCounts: [Substring: Int]

    init(_ parameters: [NamedTensor]) {
        var counts: [Substring: Int] = [:]
        for parameter in parameters {
            guard let (tower, block) = Self.block(parameter.name) else { continue }
            counts[tower] = max(counts[tower] ?? 0, block + 1)
        }
        blockCounts = counts
    }

    /// 0 behind the last block, 1 for the last block, and one more than there are blocks for embeddings.
    func callAsFunction(_ name: String) -> Int {
        if let (tower, block) = Self.block(name) { return (blockCounts[tower] ?? 0) - block }
        let tower: Substring = name.hasPrefix("visual.") ? "visual." : ""
        return Self.embeddings.contains(name) ? 1 + (blockCounts[tower] ?? 0) : 0
    }

    private static let embeddings: Set<String> = [
        "positional_embedding", "token_embedding.weight", "visual.class_embedding", "visual.positional_embedding",
        "visual.conv1.weight", "visual.conv1.bias", "visual.ln_pre.weight", "visual.ln_pre.bias",
        // A ResNet's stem has two more convolutions.
        "visual.bn1.weight", "visual.bn1.bias", "visual.conv2.weight", "visual.bn2.weight", "visual.bn2.bias",
        "visual.conv3.weight", "visual.bn3.weight", "visual.bn3.bias",
    ]

    /// The tower's prefix and the number of the block: of a transformer's blocks, or of a ResNet's four stages.
    private static func block(_ name: String) -> (tower: Substring, block: Int)? {
        let tower: Substring = name.hasPrefix("visual.") ? "visual." : ""
        let rest = name.dropFirst(tower.count)
        for (prefix, first) in [("transformer.resblocks.", 0), ("layer", 1)] where rest.hasPrefix(prefix) {
            guard let number = Int(rest.dropFirst(prefix.count).prefix { $0.isNumber }) else { return nil }
            return (tower, number - first)
        }
        return nil
    }
}
