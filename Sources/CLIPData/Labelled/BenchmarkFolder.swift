internal import CLIPFiles
import Foundation

/// A data set in the layout in which CLIP_benchmark keeps those it evaluates on, for webdataset: a folder with a folder for each
/// split, in which `nshards.txt` says how many shards there are, `0.tar` and so on; and beside them, for all splits, what kind of
/// set it is (`dataset_type.txt`), the names of the classes (`classnames.txt`), and the templates of prompts
/// (`zeroshot_classification_templates.txt`). https://github.com/LAION-AI/CLIP_benchmark
struct BenchmarkFolder {
    /// What a set is for.
    enum Kind: String, CaseIterable {
        case classification
        case multilabel
        case retrieval
    }

    let folder: String
    let split: String
    /// What the set is for; classification where nothing says it.
    let kind: Kind

    private static let mostShards = 100_000

    /// The splits of a folder: its folders that have a number of shards.
    static func splits(of folder: String) throws -> [String] {
        try EvaluationFolder.subfolders(of: folder).filter {
            FileManager.default.fileExists(atPath: "\(folder)/\($0)/nshards.txt")
        }
    }

    /// - Throws: `FileError` or ``DatasetError`` for a kind that is not known.
    init(_ folder: String, split: String) throws {
        (self.folder, self.split) = (folder, split)
        let path = "\(folder)/dataset_type.txt"
        guard FileManager.default.fileExists(atPath: path) else {
            kind = .classification
            return
        }
        let text = try Self.word(of: path)
        guard let kind = Kind(rawValue: text.lowercased()) else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw DatasetError(path, "expected one of \(known), found \(text.quoted())")
        }
        self.kind = kind
    }

    /// The split's shards.
    func shards() throws -> [String] {
        let path = "\(folder)/\(split)/nshards.txt"
        let text = try Self.word(of: path)
        guard let count = Int(text), (1...Self.mostShards).contains(count) else {
            throw DatasetError(path, "expected a number of shards from 1 to \(Self.mostShards), found \(text.quoted())")
        }
        return (0..<count).map { "\(folder)/\(split)/\($0).tar" }
    }

    /// The names of the classes; `nil` where the set has none.
    func classNames() throws -> [String]? {
        let path = "\(folder)/classnames.txt"
        return FileManager.default.fileExists(atPath: path) ? try TextList.lines(of: path) : nil
    }

    /// The templates of prompts, with `{}` for the class; `nil` where the set has none.
    func templates() throws -> [String]? {
        let path = "\(folder)/zeroshot_classification_templates.txt"
        return FileManager.default.fileExists(atPath: path) ? try TemplateFile.templates(of: path) : nil
    }

    private static func word(of path: String) throws -> String {
        CaptionText.said(String(decoding: try contents(ofFile: path, limit: 1 << 10), as: UTF8.self)) ?? ""
    }
}
