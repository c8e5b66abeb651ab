internal import CLIPFiles
package import Foundation

/// What a folder of images tells of their captions.
package enum ImageFolder {
    /// Hugging Face's imagefolder with a table.
    case table(URL)
    /// Hugging Face's imagefolder with a JSON object on each line.
    case jsonLines(URL)
    /// No metadata: images with text files of the same name beside them, as img2dataset writes them, or folders
    /// named after the classes of the images in them.
    case plain

    /// The names that Hugging Face's imagefolder has for its keys.
    static let keys = (image: "file_name", caption: "text")
    /// The name that it has for the class, where images lie in folders named after theirs.
    package static let classColumn = "label"

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
        self = found[0] ? .table(table) : found[1] ? .jsonLines(lines) : .plain
    }
}

extension FilePairs {
    /// Finds the images of a folder, and of those in it, that have a text file of the same name beside them, in the order of
    /// their paths. Images without one are counted in ``skipped``.
    init(textsIn folder: URL, options: Options, seed: UInt64, budget: SourceBudget) throws {
        let names = try Self.names(in: folder)
        let texts = Set(names.filter { $0.hasSuffix(".txt") }.map { ExactString($0) })
        var list = CaptionedFiles()
        list.kind = .beside
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

    /// Finds the images of folders that are named after their classes, in the order of their paths. The class is the column
    /// `label`, as Hugging Face's imagefolder calls it; images that lie in no such folder are counted in ``skipped``.
    init(classesIn folder: URL, options: Options, seed: UInt64, budget: SourceBudget) throws {
        let source = try CaptionSource(TableOptions(options), columns: [ImageFolder.classColumn], file: folder.path)
        var list = CaptionedFiles()
        list.kind = .cells(source)
        for name in try Self.names(in: folder) where Self.isImage(name) {
            let parts = name.split(separator: "/")
            if parts.count > 1 {
                list.append(path: name, cells: [String(parts[parts.count - 2])], source, name: name)
            } else {
                list.skipped.add(
                    BadSample(name: name, reason: "expected an image in a folder named after its class, found none"))
            }
        }
        try self.init(list, in: folder, name: folder.path, options: options, seed: seed, budget: budget)
    }

    /// The paths of all files and folders in a folder, in the order of their bytes.
    static func names(in folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }

    /// Whether a file's name is that of an image that is read here.
    static func isImage(_ name: String) -> Bool {
        ShardSample.imageSuffixes.contains((name as NSString).pathExtension.lowercased())
            && !(name as NSString).lastPathComponent.hasPrefix(".")
    }
}
