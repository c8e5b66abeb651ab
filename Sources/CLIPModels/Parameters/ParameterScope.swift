public import CLIPTensor

/// A named tensor of a model.
public struct NamedTensor {
    /// The name in OpenAI's and open_clip's layout, such as `visual.conv1.weight`.
    public let name: String
    public let tensor: Tensor

    /// Puts a name to a tensor.
    public init(name: String, tensor: Tensor) {
        self.name = name
        self.tensor = tensor
    }
}

/// Collects what layers ask for, in the order of the model, while they are being made.
final class ParameterRegistry {
    let source: any ParameterSource
    let adapters: LowRankAdapters?
    private(set) var parameters: [NamedTensor] = []
    private(set) var buffers: [NamedTensor] = []

    init(source: any ParameterSource, adapters: LowRankAdapters?) {
        self.source = source
        self.adapters = adapters
    }

    func parameter(_ name: String, _ shape: [Int], _ initialisation: Initialisation) throws -> Tensor {
        let tensor = try adapters?.saved(name) ?? source.tensor(name, shape: shape, initialisation: initialisation)
        parameters.append(NamedTensor(name: name, tensor: tensor))
        return tensor
    }

    func buffer(_ name: String, _ shape: [Int], _ initialisation: Initialisation) throws -> Tensor {
        let tensor = try source.tensor(name, shape: shape, initialisation: initialisation)
        buffers.append(NamedTensor(name: name, tensor: tensor))
        return tensor
    }
}

/// A layer's place in the model: it asks for its tensors here, by its own names.
struct ParameterScope {
    /// The full name of the layer, such as `visual.transformer.resblocks.0.attn`.
    let name: String
    private let registry: ParameterRegistry

    init(_ registry: ParameterRegistry, name: String = "") {
        self.registry = registry
        self.name = name
    }

    /// The scope of a part of this layer.
    func callAsFunction(_ part: String) -> ParameterScope { ParameterScope(registry, name: full(part)) }

    /// The scope of an element of a list of layers.
    func callAsFunction(_ index: Int) -> ParameterScope { self("\(index)") }

    /// A tensor that training changes.
    func parameter(_ part: String, _ shape: [Int], _ initialisation: Initialisation) throws -> Tensor {
        try registry.parameter(full(part), shape, initialisation)
    }

    /// A tensor that is saved with the model but has no gradient.
    func buffer(_ part: String, _ shape: [Int], _ initialisation: Initialisation) throws -> Tensor {
        try registry.buffer(full(part), shape, initialisation)
    }

    /// The adapter of this layer, or of a part of it.
    func adapter(_ part: String? = nil) -> LowRankFactors? {
        registry.adapters?[part.map(full) ?? name]
    }

    private func full(_ part: String) -> String { name.isEmpty ? part : "\(name).\(part)" }
}
