internal import CLIPFiles
internal import CLIPModels
internal import CLIPTensor

/// The modules of an architecture that an adapter may keep whole, and where PEFT puts their parameters.
struct SavedModules {
    private let configuration: CLIPConfiguration
    private let layout: any WeightAdapter

    init(_ configuration: CLIPConfiguration) {
        self.configuration = configuration
        layout = configuration.vision.isSigLIP ? HuggingFaceSigLIPAdapter() : HuggingFaceAdapter()
    }

    /// The names of all parameters that a module may have.
    private var all: [String] {
        SavedModule.allCases.flatMap { module in
            Tower.allCases.flatMap { module.parameters(of: $0, in: configuration) }
        }
    }

    /// Where an adapter's file has a parameter of the model.
    func place(of parameter: String) -> TensorPlace { layout.place(of: parameter).prefixed(AdapterFolder.prefix) }

    /// Hugging Face's name of the module of a parameter, such as `text_model.embeddings.token_embedding`.
    private func module(of parameter: String) -> String {
        let name = layout.place(of: parameter).names[0]
        return String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
    }

    /// The modules that have these parameters.
    func names(of parameters: [String]) -> [String] { Set(parameters.map(module)).sorted() }

    /// The model's names of the parameters of modules, which are named in full or by the ends of their names, as PEFT
    /// compares them.
    ///
    /// - Throws: `FileError` for a name that is no such module's.
    func parameters(named modules: [String], file: String) throws -> [String] {
        if let odd = modules.first(where: { name in !all.contains { module(of: $0).hasSuffix(name) } }) {
            let known = names(of: all).map { $0.split(separator: ".").last ?? "" }
            throw FileError(
                .badData, path: file,
                "modules_to_save: expected \(Set(known).sorted().joined(separator: ", ")), found \(odd.quoted())")
        }
        return all.filter { name in modules.contains { module(of: name).hasSuffix($0) } }
    }

    /// A parameter in 32 bits.
    func tensor(_ parameter: String, _ weights: WeightFiles, _ device: Device) throws -> Tensor {
        let place = place(of: parameter)
        let shape = try ModelPlan(configuration).entries.first { $0.name == parameter }?.shape ?? []
        let parts = try zip(place.names, place.partShapes(of: shape) ?? []).map { try weights.numbers($0, in: $1) }
        return try place.joined(parts).cast(to: .float32).moved(to: device)
    }
}
