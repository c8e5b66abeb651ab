import CLIP
import CLIPCheckpoints
import CLIPData
import CLIPModels
import CLIPTensor
internal import Foundation

extension TrainingPlan {
    /// The adapters of a run: drawn from its seed, or those of a folder.
    func makeAdapters(_ lora: LoRAConfiguration, device: Device) throws -> LowRankAdapters {
        if let from = lora.from { return try readAdapters(from, device) }
        let layers = AdaptedLayer.all(of: architecture).filter {
            lora.towers.contains($0.tower) && lora.targets.contains($0.projection)
        }
        if let empty = lora.towers.first(where: { tower in !layers.contains { $0.tower == tower } }) {
            throw TrainingError(
                "lora.towers", "expected towers of transformer blocks, found \(empty.rawValue), a ResNet")
        }
        return try LowRankAdapters.fresh(
            for: layers, saved: savedParameters(lora, device), rank: lora.rank, alpha: lora.alpha,
            seed: configuration.seed, device: device)
    }

    /// The start's own parameters that are trained whole beside the adapters.
    private func savedParameters(_ lora: LoRAConfiguration, _ device: Device) throws -> [NamedTensor] {
        let names = try lora.modulesToSave.flatMap { module in
            let names = lora.towers.flatMap { module.parameters(of: $0, in: architecture) }
            if !names.isEmpty { return names }
            let towers = lora.towers.map(\.rawValue).joined(separator: " and ")
            throw TrainingError(
                "lora.modules_to_save",
                "expected parts of the model's \(towers) tower, found \(module.rawValue)")
        }
        guard let start else { return [] }
        return try names.map { NamedTensor(name: $0, tensor: try start.parameter($0, device: device)) }
    }

    private func readAdapters(_ path: String, _ device: Device) throws -> LowRankAdapters {
        let adapters = try AdapterFolder.read(path, for: architecture, device: device)
        let names = adapters.elements.map(\.layer.name) + adapters.saved.map(\.name)
        if configuration.head != nil, let text = names.first(where: { !$0.hasPrefix("visual.") }) {
            throw TrainingError(
                "lora.from",
                "expected adapters of the image tower alone beside head, since no text is seen, "
                    + "found one of \(text)")
        }
        return adapters
    }

    /// The classes that occur in a run's table, sorted.
    static func classes(_ head: HeadConfiguration, in dataset: any PairDataset) throws -> [String] {
        var names: Set<String> = []
        for row in 0..<dataset.count { names.formUnion(try dataset.captions(at: row, epoch: 0)) }
        guard (2...largestClassCount).contains(names.count) else {
            throw TrainingError(
                "head.class_column",
                "expected 2 to \(largestClassCount) classes in \(head.classColumn), "
                    + "found \(names.count)")
        }
        return names.sorted()
    }

    private static let largestClassCount = 100_000

    /// The classifier of a run.
    func makeHead(_ head: HeadConfiguration, _ model: CLIPModel) throws -> LinearHead {
        let labels = classes ?? []
        switch head.start {
        case .random: return try LinearHead.random(labels, model, seed: configuration.seed)
        case .zeroShot:
            let pass = try EvaluationPass(self, device: model.logitScale.device, precision: .fp32)
            let prompts = try head.templates.map { try PromptTemplate(parsing: $0) }
            return try LinearHead.zeroShot(labels, pass.classes(labels, prompts, model), model)
        }
    }
}
