internal import CLIPFiles
internal import Foundation

/// How a folder names and describes a model.
public enum CheckpointLayout: String, Codable, Sendable, Hashable {
    /// `config.json`, `model.safetensors` (or shards and their index), `preprocessor_config.json`.
    case huggingFace = "hf"
    /// `open_clip_config.json`, `open_clip_model.safetensors`.
    case openCLIP = "open_clip"

    /// The file that describes the architecture.
    var configurationFile: String {
        switch self {
        case .huggingFace: "config.json"
        case .openCLIP: "open_clip_config.json"
        }
    }

    /// The names under which the weights may lie, the usual one first.
    var weightFiles: [String] {
        switch self {
        case .huggingFace: ["model.safetensors", "model.safetensors.index.json"]
        case .openCLIP: ["open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "model.safetensors"]
        }
    }
}

/// What of a layout a folder has.
struct CheckpointFiles {
    let folder: String
    let layout: CheckpointLayout
    /// The path of the description.
    let configuration: String
    /// The path of the weights, or of the index of their shards.
    let weights: String

    /// Finds the model that a path names: a folder, or one of the files in it. A folder with both layouts is read as
    /// Hugging Face's, unless the path names a file of the other.
    init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError(.notFound, path: path, "expected a model's folder or a file in it, found none")
        }
        let folder = isFolder.boolValue ? withoutTrailingSlashes(path) : parentFolder(of: path)
        let named = isFolder.boolValue ? nil : (path as NSString).lastPathComponent
        let layouts = [CheckpointLayout.huggingFace, .openCLIP].filter { layout in
            named.map { layout.configurationFile == $0 || layout.weightFiles.contains($0) } ?? true
        }
        for layout in layouts {
            guard isPresent(layout.configurationFile, in: folder) else { continue }
            guard let weights = layout.weightFiles.first(where: { isPresent($0, in: folder) }) else { continue }
            self.folder = folder
            self.layout = layout
            configuration = "\(folder)/\(layout.configurationFile)"
            self.weights = "\(folder)/\(named.map { layout.weightFiles.contains($0) ? $0 : weights } ?? weights)"
            return
        }
        throw Self.nothingFound(path, folder)
    }

    private static func nothingFound(_ path: String, _ folder: String) -> FileError {
        let layouts = [CheckpointLayout.huggingFace, .openCLIP]
        guard let layout = layouts.first(where: { isPresent($0.configurationFile, in: folder) }) else {
            return FileError(
                .badData, path: path, "expected a model: a config.json or an open_clip_config.json, found neither")
        }
        let names = layout.weightFiles.joined(separator: " or ")
        return FileError(
            .badData, path: path, "expected the weights beside \(layout.configurationFile), \(names), found none")
    }

    /// The path of another file of the folder, where it is there.
    func existing(_ name: String) -> String? { isPresent(name, in: folder) ? "\(folder)/\(name)" : nil }
}

private func isPresent(_ name: String, in folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(name)")
}

func withoutTrailingSlashes(_ path: String) -> String {
    var path = path[...]
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return String(path)
}
