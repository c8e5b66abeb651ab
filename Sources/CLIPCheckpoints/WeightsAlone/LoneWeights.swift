internal import CLIPFiles
internal import CLIPModels

/// A file of weights with no description beside it: what it is is told by its tensors' shapes, by its marks, and by what the
/// run that wrote it left.
///
/// Shapes do not tell the activation, and the wrong one costs points without a sign. It is known of OpenAI's own files; of
/// others it must be said, by open_clip's `params.txt` or by the user.
struct LoneWeights {
    let weights: WeightFiles
    let path: String
    /// The architecture that the user named, in open_clip's words.
    let architecture: String?

    /// What a file was recognised as.
    struct Recognition {
        let configuration: CLIPConfiguration
        /// Where the architecture was read from, for people.
        let source: String
        let adapter: OpenCLIPAdapter
    }

    func recognise() throws -> Recognition {
        let adapter = OpenCLIPAdapter(hasTextPrefix: weights.entry("text.token_embedding.weight") != nil)
        if let architecture { return try named(architecture, "the name that was given", adapter) }
        if isOpenAI {
            var configuration = try ShapeInference(weights, path: path, adapter: adapter).configuration()
            configuration.activation = .quickGELU
            return Recognition(configuration: configuration, source: "the shapes of OpenAI's tensors", adapter: adapter)
        }
        if let run = try OpenCLIPRun(besides: path) {
            return try named(run.architecture, run.path, adapter)
        }
        throw unknown(adapter)
    }

    /// OpenAI's files say the sizes of their inputs beside the weights, as nobody else's do.
    private var isOpenAI: Bool {
        let marks = ["input_resolution", "context_length", "vocab_size"]
        guard let file = weights.torchFile else { return marks.allSatisfy { weights.entry($0) != nil } }
        return marks.allSatisfy { file.integer($0) != nil }
    }

    private func named(_ name: String, _ source: String, _ adapter: OpenCLIPAdapter) throws -> Recognition {
        guard let configuration = CLIPConfiguration.openCLIP(name) ?? CLIPConfiguration.preset(name) else {
            let names = CLIPConfiguration.openCLIPArchitectures.map(\.name).joined(separator: ", ")
            throw FileError(
                .badData, path: path,
                "expected an architecture that open_clip names (\(names), each also with -quickgelu), "
                    + "found \(name.quoted()) in \(source)")
        }
        return Recognition(configuration: configuration, source: source, adapter: adapter)
    }

    private func unknown(_ adapter: OpenCLIPAdapter) -> FileError {
        guard let shapes = try? ShapeInference(weights, path: path, adapter: adapter).configuration() else {
            return FileError(
                .badData, path: path,
                "expected a config.json or an open_clip_config.json beside the weights, or an architecture by its name, "
                    + "found neither, and tensors that are not CLIP's under open_clip's names")
        }
        let fitting = CLIPConfiguration.openCLIPArchitectures.first { $0.configuration == shapes }?.name
        let choice = fitting.map { "\($0) or \($0)-quickgelu" } ?? "an architecture by open_clip's name"
        return FileError(
            .badData, path: path,
            "the shapes do not say which activation the weights were trained with: expected --architecture \(choice) (which "
                + "clip convert takes too), or an open_clip_config.json beside the weights, found neither")
    }
}
