internal import CLIPFiles
import Foundation

/// What a folder of images tells of their captions.
enum ImageFolder {
    /// Hugging Face's imagefolder with a table.
    case table(URL)
    /// Hugging Face's imagefolder with a JSON object on each line.
    case jsonLines(URL)
    /// Images with text files of the same name beside them, as img2dataset writes them.
    case texts

    /// The names that Hugging Face's imagefolder has for its keys.
    static let keys = (image: "file_name", caption: "text")

    /// - Throws: `FileError` where there is no such folder, ``DatasetError`` where it has metadata twice.
    init(_ folder: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw FileError(.notFound, path: folder.path, "expected a folder of images, found none")
        }
        let (table, lines) = (folder.appending(path: "metadata.csv"), folder.appending(path: "metadata.jsonl"))
        let found = [table, lines].map { FileManager.default.fileExists(atPath: $0.path) }
        guard found != [true, true] else {
            throw DatasetError(folder.path, "expected either metadata.csv or metadata.jsonl, found both")
        }
        self = found[0] ? .table(table) : found[1] ? .jsonLines(lines) : .texts
    }
}

extension FilePairs {
    /// Finds the images of a folder, and of those in it, that have a text file of the same name beside them, in the order of
    /// their paths. Images without one are counted in ``skipped``.
    init(textsIn folder: URL, options: Options, seed: UInt64, budget: SourceBudget) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        let texts = Set(names.filter { $0.hasSuffix(".txt") }.map { ExactString($0) })
        var list = CaptionedFiles()
        list.captionsLieBeside = true
        for name in names where Self.isImage(name) {
            if texts.contains(ExactString("\((name as NSString).deletingPathExtension).txt")) {
                list.append(path: name, captions: [])
            } else {
                list.skipped.add(BadSample(name: name, reason: "expected a .txt file of the same name, found none"))
            }
        }
        guard list.count > 0 || list.skipped.count > 0 else {
            throw DatasetError(
                folder.path,
                "expected metadata.csv, metadata.jsonl, or images with .txt files of the same names, found none")
        }
        try self.init(list, in: folder, name: folder.path, options: options, seed: seed, budget: budget)
    }

    private static func isImage(_ name: String) -> Bool {
        ShardSample.imageSuffixes.contains((name as NSString).pathExtension.lowercased())
            && !(name as NSString).lastPathComponent.hasPrefix(".")
    }
}
