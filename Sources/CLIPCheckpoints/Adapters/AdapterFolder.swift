internal import CLIPFiles
package import CLIPModels
package import CLIPTensor
internal import Foundation

/// A LoRA adapter in PEFT's format: `adapter_config.json` and `adapter_model.safetensors`, whose names are those of
/// `transformers.CLIPModel`.
///
/// `peft.PeftModel.from_pretrained(CLIPModel.from_pretrained(BASE), FOLDER)` opens what is written here, and what PEFT
/// writes for the projections of the two towers' blocks, and for modules that it saves whole beside them, is read.
package enum AdapterFolder {
    private static let weightFiles = ["adapter_model.safetensors", "adapter_model.bin"]
    static let prefix = "base_model.model."

    /// The names of all files of a folder that is written.
    package static let files: Set<String> = [AdapterConfiguration.file, weightFiles[0]]

    /// Reads the adapters for an architecture, in 32 bits.
    ///
    /// - Throws: `FileError` for a file that is missing or broken, an adapter of another kind, and any tensor that is not
    ///   the factor of a layer of the architecture, in its shape.
    package static func read(
        _ path: String, for configuration: CLIPConfiguration, device: Device = .cpu
    ) throws -> LowRankAdapters {
        let settings = try AdapterConfiguration(reading: Fields(file: "\(path)/\(AdapterConfiguration.file)"))
        let name = weightFiles.first { FileManager.default.fileExists(atPath: "\(path)/\($0)") } ?? weightFiles[0]
        let weights = try WeightFiles(path: "\(path)/\(name)")
        var unknown = Set(weights.names)
        let elements = try AdaptedLayer.all(of: configuration).compactMap { layer -> LowRankAdapters.Element? in
            let names = (down: tensorName(layer, "lora_A"), up: tensorName(layer, "lora_B"))
            guard weights.entry(names.down) != nil || weights.entry(names.up) != nil else { return nil }
            unknown.subtract([names.down, names.up])
            let factors = try factors(layer, names, weights, settings, device)
            return LowRankAdapters.Element(layer: layer, factors: factors)
        }
        let modules = SavedModules(configuration)
        let saved = try modules.parameters(named: settings.modulesToSave, file: "\(path)/\(AdapterConfiguration.file)")
            .map { name in
                unknown.subtract(modules.place(of: name).names)
                return NamedTensor(name: name, tensor: try modules.tensor(name, weights, device))
            }
        if let odd = unknown.sorted().first {
            throw FileError(
                .badData, path: weights.path,
                "expected factors of the projections in the model's blocks and modules to save, found \(odd.quoted(160))"
            )
        }
        guard !elements.isEmpty else {
            throw FileError(.badData, path: weights.path, "expected an adapter's tensors, found none")
        }
        return LowRankAdapters(elements, saved: saved)
    }

    private static func factors(
        _ layer: AdaptedLayer, _ names: (down: String, up: String), _ weights: WeightFiles,
        _ settings: AdapterConfiguration, _ device: Device
    ) throws -> LowRankFactors {
        let rank = weights.entry(names.down)?.shape.first ?? 0
        func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
            try weights.numbers(name, in: shape).cast(to: .float32).moved(to: device)
        }
        return LowRankFactors(
            down: try tensor(names.down, [max(1, rank), layer.input]),
            up: try tensor(names.up, [layer.output, max(1, rank)]), scale: settings.scale(rank: rank))
    }

    /// Writes adapters as a folder that appears whole or not at all.
    ///
    /// - Parameter base: the model that the adapters belong to, by its path or its name on the hub.
    package static func write(
        _ adapters: LowRankAdapters, of configuration: CLIPConfiguration, base: String?, to path: String
    ) throws {
        let elements = adapters.elements
        let modules = SavedModules(configuration)
        let json = settings(of: elements, modules.names(of: adapters.saved.map(\.name))).json(
            ranks: elements.map { (module($0.layer), $0.factors.down.size(0)) },
            targets: targets(elements, configuration),
            base: base)
        try AtomicFolder.write(to: path, replaceable: files) { folder in
            let saved = try adapters.saved.flatMap { try modules.place(of: $0.name).parted($0.tensor.detached()) }
            let tensors = try elements.flatMap { element in
                [
                    (tensorName(element.layer, "lora_A"), try element.factors.down.detached()),
                    (tensorName(element.layer, "lora_B"), try element.factors.up.detached()),
                ]
            }
            try folder.writing(weightFiles[0]) {
                try Safetensors.write(Dictionary(uniqueKeysWithValues: tensors + saved), to: $0)
            }
            try folder.write(json.indentedText.utf8, as: AdapterConfiguration.file)
        }
    }

    /// The one alpha of all adapters: of different ranks they were given it over the rank or over its root.
    private static func settings(
        of elements: [LowRankAdapters.Element], _ modules: [String]
    ) -> AdapterConfiguration {
        let plain = elements.map { $0.factors.scale * Double($0.factors.down.size(0)) }
        if let first = plain.first, plain.allSatisfy({ abs($0 - first) <= 1e-9 * abs(first) }) {
            return AdapterConfiguration(alpha: first, isRankStabilized: false, modulesToSave: modules)
        }
        let alpha = elements.first.map { $0.factors.scale * Double($0.factors.down.size(0)).squareRoot() } ?? 1
        return AdapterConfiguration(alpha: alpha, isRankStabilized: true, modulesToSave: modules)
    }

    /// The ends of the names where they pick these layers and no others, else all names.
    private static func targets(
        _ elements: [LowRankAdapters.Element], _ configuration: CLIPConfiguration
    ) -> [String] {
        let kinds = Set(elements.map(\.layer.projection))
        let picked = AdaptedLayer.all(of: configuration).count { kinds.contains($0.projection) }
        // SigLIP's head has layers of the same names.
        guard picked == elements.count, !configuration.vision.isSigLIP else { return elements.map { module($0.layer) } }
        return AdaptedProjection.allCases.filter(kinds.contains).map(\.rawValue)
    }

    /// Hugging Face's name of a layer.
    private static func module(_ layer: AdaptedLayer) -> String {
        let tower = layer.tower == .image ? "vision_model" : "text_model"
        let part = [.hidden, .projection].contains(layer.projection) ? "mlp" : "self_attn"
        return "\(tower).encoder.layers.\(layer.block).\(part).\(layer.projection.rawValue)"
    }

    private static func tensorName(_ layer: AdaptedLayer, _ factor: String) -> String {
        "\(prefix)\(module(layer)).\(factor).weight"
    }
}

extension WeightFiles {
    /// A tensor of an adapter's numbers; throws `FileError` where it is missing, or of another shape or kind.
    func numbers(_ name: String, in shape: [Int]) throws -> Tensor {
        guard let entry = entry(name), entry.shape == shape, entry.dtype.isFloatingPoint, let tensor = try tensor(name)
        else {
            let found = entry(name).map { "\($0.shape) of \($0.dtype)" } ?? "none"
            throw FileError(
                .badData, path: path, "expected the tensor \(name) of numbers in the shape \(shape), found \(found)")
        }
        return tensor
    }
}
