internal import CLIPFiles
import Foundation

/// What the files of a folder tell of the data set in it.
enum EvaluationFolder {
    /// CLIP_benchmark's layout, with the splits that there are.
    case benchmark(splits: [String])
    /// MNIST's files.
    case idx
    /// CIFAR's files in their binary version.
    case cifar(CIFAR)
    /// Hugging Face's imagefolder with metadata.
    case metadata
    /// Folders of images, or images.
    case plain

    /// - Throws: `FileError` where there is no such folder, ``DatasetError`` for one with the files of two kinds of sets.
    init(_ folder: String) throws {
        let files = try Self.names(in: folder)
        let splits = try BenchmarkFolder.splits(of: folder)
        let isBenchmark = !splits.isEmpty || files.contains("dataset_type.txt")
        let found: [(kind: EvaluationFolder, words: String)?] = [
            isBenchmark ? (.benchmark(splits: splits), "CLIP_benchmark's shards") : nil,
            RecordImages.isIDX(files) ? (.idx, "MNIST's files") : nil,
            CIFAR(files).map { (.cifar($0), "CIFAR's files") },
            Self.hasMetadata(files) ? (.metadata, "metadata of images") : nil,
        ]
        let kinds = found.compactMap { $0 }
        guard kinds.count < 2 else {
            throw DatasetError(
                folder, "expected one data set, found \(kinds.map(\.words).joined(separator: " and "))")
        }
        self = kinds.first?.kind ?? .plain
    }

    private static func hasMetadata(_ files: [String]) -> Bool {
        files.contains("metadata.csv") || files.contains("metadata.jsonl")
    }

    /// The names of what lies in a folder, hidden ones left out, sorted by their bytes.
    private static func names(in folder: String) throws -> [String] {
        guard isFolder(folder) else {
            throw FileError(.notFound, path: folder, "expected a data set, found no such file or folder")
        }
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The names of the folders in a folder, hidden ones left out, sorted by their bytes; links to folders are among them.
    static func subfolders(of folder: String) throws -> [String] {
        try names(in: folder).filter { isFolder("\(folder)/\($0)") }
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// How the folders of splits are called.
    private static let splitNames: Set<String> = [
        "train", "training", "val", "valid", "validation", "dev", "test", "testing",
    ]

    /// The folder whose folders are the classes: that of a split where it has folders, or else the folder itself.
    ///
    /// - Parameter split: The split that was asked for, `nil` where nobody did: then `test` is taken if it is there.
    /// - Returns: The folder, and the split that it is.
    /// - Throws: ``DatasetError`` where a split was asked for that is not there, or where all folders are those of other splits.
    static func classes(in folder: String, split: String?) throws -> (folder: String, split: String?) {
        let name = split ?? EvaluationSource.usualSplit
        let folders = try subfolders(of: folder)
        if folders.contains(name), try !subfolders(of: "\(folder)/\(name)").isEmpty {
            return ("\(folder)/\(name)", name)
        }
        let areSplits = !folders.isEmpty && folders.allSatisfy { splitNames.contains($0) }
        guard split == nil, !areSplits else {
            let found = folders.isEmpty ? "no folder" : "the folders \(TextList.brief(folders))"
            throw DatasetError(folder, "expected folders of classes in \(name.quoted()), the split, found \(found)")
        }
        return (folder, nil)
    }

    /// The folder of the split where there is one, or else the folder itself, for images of a kind that is not sure to have
    /// splits.
    static func images(in folder: String, split: String?) throws -> (folder: String, split: String?) {
        let name = split ?? EvaluationSource.usualSplit
        if isFolder("\(folder)/\(name)") { return ("\(folder)/\(name)", name) }
        guard split == nil else {
            throw DatasetError(folder, "expected a folder \(name.quoted()) of the split, found none")
        }
        return (folder, nil)
    }
}
