/// How a model is named and described where it is saved.
public enum CheckpointLayout: String, Codable, Sendable, Hashable {
    /// A folder with `config.json`, `model.safetensors` (or `pytorch_model.bin`, or shards and their index), and
    /// `preprocessor_config.json`.
    case huggingFace = "hf"
    /// A folder with `open_clip_config.json` and `open_clip_model.safetensors` or `open_clip_pytorch_model.bin`.
    case openCLIP = "open_clip"
    /// A file of weights alone, under the names of OpenAI and open_clip: OpenAI's archives, checkpoints of a training run.
    case weights

    /// The file that describes the architecture; nil where there is none.
    var configurationFile: String? {
        switch self {
        case .huggingFace: "config.json"
        case .openCLIP: "open_clip_config.json"
        case .weights: nil
        }
    }

    /// The names under which the weights may lie, the usual one first.
    var weightFiles: [String] {
        switch self {
        case .huggingFace:
            [
                "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
                "pytorch_model.bin.index.json",
            ]
        case .openCLIP:
            [
                "open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "model.safetensors",
                "open_clip_pytorch_model.bin",
            ]
        case .weights: []
        }
    }

    /// The layouts of folders.
    static let ofFolders: [CheckpointLayout] = [.huggingFace, .openCLIP]
}
