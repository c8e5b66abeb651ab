import CLIPModels

/// How far from the output each parameter of a model is, in blocks: what layer-wise decay of the learning rate counts.
struct ParameterDepth {
    private let towers: [TowerGroups]

    /// Counts the blocks of these towers, whichever of them train.
    init(_ towers: [TowerGroups]) { self.towers = towers }

    /// 0 behind the last block, 1 for the last block, and one more than there are blocks for embeddings.
    func callAsFunction(_ name: String) -> Int {
        // The norm behind the blocks has the rate of what follows it.
        if name.contains("ln_post.") || name.hasPrefix("ln_final.") { return 0 }
        for tower in towers {
            if let group = tower.index(of: name) { return tower.count - 1 - group }
        }
        return 0
    }
}
