import CLIPModels

/// The parameters of a tower in groups from its input to its output, as open_clip locks them.
struct TowerGroups {
    let tower: Tower
    private let layers: Int
    private let isResNet: Bool

    /// Whether there are running statistics in the tower.
    var hasBatchNorms: Bool { isResNet }

    init(_ tower: Tower, of configuration: CLIPConfiguration) {
        self.tower = tower
        switch (tower, configuration.vision) {
        case (.text, _): (layers, isResNet) = (configuration.text.layers, false)
        case (.image, .transformer(let vision)): (layers, isResNet) = (vision.layers, false)
        case (.image, .sigLIP(let vision)): (layers, isResNet) = (vision.layers, false)
        case (.image, .resNet(let vision)): (layers, isResNet) = (vision.layers.count, true)
        }
    }

    /// The embeddings or the stem, each block or stage, the projection or the pool.
    var count: Int { layers + 2 }

    /// The group of a parameter, from 0 at the input; nil where it is none of the tower's.
    func index(of name: String) -> Int? {
        let isOfImages = name.hasPrefix("visual.")
        guard isOfImages == (tower == .image), !["logit_scale", "logit_bias"].contains(name), !name.hasPrefix("head.")
        else { return nil }
        let local = isOfImages ? String(name.dropFirst("visual.".count)) : name
        return isResNet ? stage(local) : block(local)
    }

    private func block(_ name: String) -> Int {
        let blocks = "transformer.resblocks."
        if name.hasPrefix(blocks), let number = Int(name.dropFirst(blocks.count).prefix { $0 != "." }) {
            return number + 1
        }
        if name.hasPrefix("ln_post.") || name.hasPrefix("ln_final.") { return layers }
        let isLast = name == "proj" || name.hasPrefix("attn_pool.") || name.hasPrefix("text_projection")
        return isLast ? layers + 1 : 0
    }

    private func stage(_ name: String) -> Int {
        if name.hasPrefix("attnpool.") { return layers + 1 }
        let stages = "layer"
        guard name.hasPrefix(stages), let number = Int(name.dropFirst(stages.count).prefix { $0 != "." }) else {
            return 0
        }
        return number
    }
}
