package import CLIPTensor

/// The adapters of a model, by the names of the layers that they change, and the parameters that are trained whole beside them.
package struct LowRankAdapters {
    /// A layer and its factors.
    package struct Element {
        package let layer: AdaptedLayer
        package let factors: LowRankFactors

        package init(layer: AdaptedLayer, factors: LowRankFactors) {
            (self.layer, self.factors) = (layer, factors)
        }
    }

    /// In the order of the model.
    package let elements: [Element]
    /// Parameters that stand in place of the model's own.
    package let saved: [NamedTensor]
    private let byName: [String: LowRankFactors]
    private let savedByName: [String: Tensor]

    package init(_ elements: [Element], saved: [NamedTensor] = []) {
        (self.elements, self.saved) = (elements, saved)
        byName = Dictionary(uniqueKeysWithValues: elements.map { ($0.layer.name, $0.factors) })
        savedByName = Dictionary(uniqueKeysWithValues: saved.map { ($0.name, $0.tensor) })
    }

    /// Draws adapters that change nothing yet: `down` as PyTorch draws a linear layer, `up` zeros.
    package static func fresh(
        for layers: [AdaptedLayer], saved: [NamedTensor] = [], rank: Int, alpha: Double, seed: UInt64,
        device: Device = .cpu
    ) throws -> LowRankAdapters {
        let generator = try RandomGenerator(seed: seed)
        return LowRankAdapters(
            try layers.map { layer in
                let down = try Initialisation.fanIn(layer.input).draw([rank, layer.input], using: generator)
                return Element(
                    layer: layer,
                    factors: LowRankFactors(
                        down: try down.moved(to: device), up: try Tensor.zeros([layer.output, rank], device: device),
                        scale: alpha / Double(rank)))
            }, saved: saved)
    }

    /// The factors of a layer; nil where it is not adapted.
    subscript(name: String) -> LowRankFactors? { byName[name] }

    /// The parameter that stands in place of the model's own; nil where none does.
    package func saved(_ name: String) -> Tensor? { savedByName[name] }

    /// All factors, by the names of their layers with `.lora_A` and `.lora_B` after them.
    package var tensors: [NamedTensor] {
        elements.flatMap { element in
            [
                NamedTensor(name: "\(element.layer.name).lora_A", tensor: element.factors.down),
                NamedTensor(name: "\(element.layer.name).lora_B", tensor: element.factors.up),
            ]
        }
    }

    /// A parameter of the model with the adapters' changes added: in 32 bits where there are any, else as it is.
    package func merged(_ name: String, _ tensor: Tensor) throws -> Tensor {
        if let saved = savedByName[name] { return try saved.detached() }
        if let joint = name.droppingSuffix("in_proj_weight") { return try mergedJoint(joint, tensor) }
        guard let layer = name.droppingSuffix(".weight"), let factors = byName[layer] else { return tensor }
        return try tensor.detached().cast(to: .float32) + factors.delta()
    }

    private func mergedJoint(_ attention: String, _ tensor: Tensor) throws -> Tensor {
        let factors = AdaptedProjection.joint.map { byName["\(attention)\($0.rawValue)"] }
        guard factors.contains(where: { $0 != nil }) else { return tensor }
        let parts = try zip(tensor.detached().cast(to: .float32).chunks(3, axis: 0), factors).map { part, factors in
            try factors.map { try part + $0.delta() } ?? part
        }
        return try Tensor.concatenated(parts, axis: 0)
    }
}

extension String {
    fileprivate func droppingSuffix(_ suffix: String) -> String? {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
    }
}

extension CLIPModel {
    /// The same model with its adapters' changes added to its weights.
    package func merged() throws -> CLIPModel {
        guard let adapters else { return self }
        let tensors = Dictionary(uniqueKeysWithValues: (parameters + buffers).map { ($0.name, $0.tensor) })
        let source = LoadedParameters(origin: "the model", device: logitScale.device, dtype: nil) { name in
            try tensors[name].map { try adapters.merged(name, $0) }
        }
        return try withoutGradients { try CLIPModel(configuration, parameters: source) }
    }
}
