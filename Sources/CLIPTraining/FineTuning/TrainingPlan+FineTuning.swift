import CLIPCheckpoints
import CLIPData
import CLIPModels
import CLIPTensor
internal import Foundation

extension TrainingPlan {
    /// The adapters of a run: drawn from its seed, or those of a folder.
    func makeAdapters(_ lora: LoRAConfiguration, device: Device) throws -> LowRankAdapters {
        if let from = lora.from { return try AdapterFolder.read(from, for: architecture, device: device) }
        let layers = AdaptedLayer.all(of: architecture).filter {
            lora.towers.contains($0.tower) && lora.targets.contains($0.projection)
        }
        if let empty = lora.towers.first(where: { tower in !layers.contains { $0.tower == tower } }) {
            throw TrainingError("lora.towers: expected towers of transformer blocks, found \(empty.rawValue), a ResNet")
        }
        return try LowRankAdapters.fresh(
            for: layers, rank: lora.rank, alpha: lora.alpha, seed: configuration.seed, device: device)
    }

    /// The classifier of a run, for the classes that occur in its table, sorted.
    func makeHead(_ head: HeadConfiguration, _ model: CLIPModel) throws -> LinearHead {
        var names: Set<String> = []
        for row in 0..<dataset.count { names.formUnion(try dataset.captions(at: row, epoch: 0)) }
        guard (2...Self.largestClassCount).contains(names.count) else {
            throw TrainingError(
                "head.class_column: expected 2 to \(Self.largestClassCount) classes in \(head.classColumn), "
                    + "found \(names.count)")
        }
        let labels = names.sorted()
        switch head.start {
        case .random: return try LinearHead.random(labels, model, seed: configuration.seed)
        case .zeroShot:
            return try LinearHead.zeroShot(labels, templates: head.templates, model, tokenizer)
        }
    }

    private static let largestClassCount = 100_000
}
