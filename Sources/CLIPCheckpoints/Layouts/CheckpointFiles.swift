internal import CLIPFiles
internal import Foundation

/// What of a layout there is where a path points.
struct CheckpointFiles {
    let folder: String
    let layout: CheckpointLayout
    /// The path of the description; nil of a file of weights alone.
    let configuration: String?
    /// The path of the weights, or of the index of their shards.
    let weights: String

    /// Finds the model that a path names: a folder, one of the files in it, or a file of weights alone. A folder with both
    /// layouts is read as Hugging Face's, unless the path names a file of the other.
    init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError(.notFound, path: path, "expected a model's folder or a file in it, found none")
        }
        let folder = isFolder.boolValue ? withoutTrailingSlashes(path) : parentFolder(of: path)
        let named = isFolder.boolValue ? nil : (path as NSString).lastPathComponent
        self.folder = folder
        if let found = Self.find(named, in: folder) {
            (layout, configuration, weights) = found
        } else if let named, Self.isOfWeights(named) {
            (layout, configuration, weights) = (.weights, nil, path)
        } else if named == nil, let lone = try Self.loneWeights(in: folder) {
            (layout, configuration, weights) = (.weights, nil, "\(folder)/\(lone)")
        } else {
            throw Self.nothingFound(path, folder)
        }
    }

    private typealias Found = (layout: CheckpointLayout, configuration: String?, weights: String)

    private static func find(_ named: String?, in folder: String) -> Found? {
        for layout in CheckpointLayout.ofFolders {
            guard let configuration = layout.configurationFile, isPresent(configuration, in: folder),
                named.map({ $0 == configuration || layout.weightFiles.contains($0) }) ?? true,
                let weights = layout.weightFiles.first(where: { isPresent($0, in: folder) })
            else { continue }
            let chosen = named.flatMap { layout.weightFiles.contains($0) ? $0 : nil } ?? weights
            return (layout, "\(folder)/\(configuration)", "\(folder)/\(chosen)")
        }
        return nil
    }

    private static let suffixes = [".pt", ".pth", ".bin", ".ckpt", ".safetensors"]

    private static func isOfWeights(_ name: String) -> Bool { suffixes.contains { name.lowercased().hasSuffix($0) } }

    /// The only archive of weights in a folder that describes no model, such as a cached repository of one `.pt`.
    private static func loneWeights(in folder: String) throws -> String? {
        let names = CheckpointLayout.ofFolders.compactMap(\.configurationFile)
        guard !names.contains(where: { isPresent($0, in: folder) }) else { return nil }
        let archives = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.filter(isOfWeights) ?? []
        return archives.count == 1 ? archives[0] : nil
    }

    private static func nothingFound(_ path: String, _ folder: String) -> FileError {
        for layout in CheckpointLayout.ofFolders {
            guard let configuration = layout.configurationFile, isPresent(configuration, in: folder) else { continue }
            let names = layout.weightFiles.joined(separator: " or ")
            return FileError(.badData, path: path, "expected the weights beside \(configuration), \(names), found none")
        }
        return FileError(
            .badData, path: path,
            "expected a model: a config.json or an open_clip_config.json, found neither" + hint(folder))
    }

    /// The folders in which a training run keeps its models, the result first.
    private static let modelsOfRun = ["model", "best"]

    /// Where the model is that a user means who names a run's folder.
    private static func hint(_ folder: String) -> String {
        let inside = modelsOfRun.map { "\(folder)/\($0)" }.first { find(nil, in: $0) != nil }
        return inside.map { "; there is one in \($0)" } ?? ""
    }

    /// The path of another file of the folder, where it is there.
    func existing(_ name: String) -> String? { isPresent(name, in: folder) ? "\(folder)/\(name)" : nil }
}

private func isPresent(_ name: String, in folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(name)")
}
