internal import CLIPFiles
import Foundation

/// A data set to measure a model on, found by its path alone: what lies there says of what kind it is.
///
/// - a `.tsv` or `.csv` table, or a `.jsonl` file: images with labels, or with captions
/// - a `.json` file of COCO's captions or of Karpathy's splits: images with captions
/// - a `.tar` file, or a pattern such as `{0..9}.tar`: shards in webdataset's layout
/// - a folder in CLIP_benchmark's layout, with MNIST's files, with CIFAR's, with `metadata.csv` or `metadata.jsonl`, with
///   folders named after classes, or with images that have text files beside them
///
/// What is not sure is refused in one line.
package struct EvaluationSource: Sendable {
    /// How a set is read.
    package struct Options: Sendable {
        /// The split; `test` if `nil`, where a set has splits. Named for a set that has none, it is an error.
        package var split: String?
        /// The column or key of the images' paths; what is usual in lists of the kind, if `nil`.
        package var imageColumn: String?
        /// The column or key of the labels likewise: `label`.
        package var labelColumn: String?
        /// The column or key of the captions likewise.
        package var captionColumn: String?
        /// What separates the cells of a table; a comma in `.csv`, else a tab, if `nil`.
        package var separator: Character?
        /// What separates the classes of an image that may have any number of them; an image has one class if `nil`.
        package var labelSeparator: Character?
        /// The folder that the paths of a list are relative to, the list's own if `nil`.
        package var imageFolder: String?
        /// The names of the classes, in place of the set's own.
        package var classNames: ClassNames?

        /// The defaults, to be changed one by one.
        package init() {}
    }

    /// The split that is reported on where nobody names one.
    package static let usualSplit = "test"

    /// The path, as it was given.
    package let path: String
    let options: Options

    /// A set at a path; nothing is read before it is opened.
    package init(_ path: String, options: Options = Options()) { (self.path, self.options) = (path, options) }

    /// What the path's own name or its content says it is.
    private enum Kind {
        case table
        case jsonLines
        case json
        case shards
        case folder(EvaluationFolder)
    }

    private func kind() throws -> Kind {
        if EvaluationFolder.isFolder(path) { return .folder(try EvaluationFolder(path)) }
        let name = path.lowercased()
        if name.hasSuffix(".tar") { return .shards }
        guard FileManager.default.fileExists(atPath: path) else {
            throw FileError(.notFound, path: path, "expected a data set, found no such file or folder")
        }
        if name.hasSuffix(".tsv") || name.hasSuffix(".csv") { return .table }
        if name.hasSuffix(".jsonl") { return .jsonLines }
        if name.hasSuffix(".json") { return .json }
        throw DatasetError(
            path, "expected a folder or a file .tsv, .csv, .jsonl, .json or .tar, found another kind of file")
    }

    /// Opens the set as images with classes.
    ///
    /// - Throws: ``DatasetError`` or `FileError` for what is no such set, or is broken.
    package func openLabelled() throws -> any LabelledImages {
        switch try kind() {
        case .table:
            try refuseSplit("a table")
            return try FileImages(table: URL(filePath: path), list(image: TableOptions().imageKey, name: name()))
        case .jsonLines:
            try refuseSplit("JSON lines")
            return try FileImages(jsonLines: URL(filePath: path), list(image: "image", name: name()))
        case .json: throw DatasetError(path, "expected images with classes, found a .json file, which has captions")
        case .shards:
            try refuseSplit("shards")
            let missing = DatasetError(path, "expected names of the classes, which shards do not have, found none")
            let classes = try SetClasses(options.classNames, own: nil, missing: missing)
            return try ShardImages(
                ShardPairs.paths(of: path), classes: classes, isMultiLabel: false, name: name())
        case .folder(let folder): return try openLabelled(folder)
        }
    }

    /// Opens the set as images with captions, each image once and with all of its captions; an image without one is passed over
    /// and counted.
    ///
    /// - Throws: ``DatasetError`` or `FileError` for what is no such set, or is broken.
    package func openCaptioned() throws -> any StoredPairs {
        try CaptionedImages(captioned(), name: path)
    }

    /// What reports call the set: the last part of its path, and the split where it has splits.
    package func name(_ split: String? = nil) -> String {
        let last = URL(filePath: path).standardizedFileURL.lastPathComponent
        return split.map { "\(last)/\($0)" } ?? last
    }

    var split: String { options.split ?? Self.usualSplit }

    func refuseSplit(_ kind: String) throws {
        guard let split = options.split else { return }
        throw DatasetError(path, "expected no split of \(kind), found \(split.quoted())")
    }

    private func captioned() throws -> any StoredPairs {
        switch try kind() {
        case .table:
            try refuseSplit("a table")
            var table = TableOptions(files)
            table.separator = options.separator ?? TableOptions.usualSeparator(of: path)
            return try PairSource.table(path, table).open(seed: 0)
        case .jsonLines:
            try refuseSplit("JSON lines")
            return try PairSource.jsonLines(path, files).open(seed: 0)
        case .json: return try captionedJSON()
        case .shards:
            try refuseSplit("shards")
            return try PairSource.shards(path, ShardPairs.Options()).open(seed: 0)
        case .folder(let folder): return try captioned(folder)
        }
    }

    /// COCO's captions or Karpathy's splits, told by what the file has.
    private func captionedJSON() throws -> any StoredPairs {
        let json = try JSON(annotations: path)
        let isKarpathy = json["images"]?.array?.contains { $0["sentences"] != nil } ?? false
        let isCOCO = json["annotations"]?.array?.contains { $0["caption"] != nil } ?? false
        switch (isCOCO, isKarpathy) {
        case (true, false):
            try refuseSplit("COCO's captions")
            return try FilePairs(coco: json, at: URL(filePath: path), options: files)
        case (false, true):
            guard let split = KarpathySplit(rawValue: split) else {
                let known = KarpathySplit.allCases.map(\.rawValue).joined(separator: ", ")
                throw DatasetError(path, "expected one of the splits \(known), found \(split.quoted())")
            }
            return try FilePairs(karpathy: json, at: URL(filePath: path), splits: [split], options: files)
        default:
            throw DatasetError(
                path,
                "expected COCO's captions (annotations with a caption) or Karpathy's splits (images with "
                    + "sentences), found \(isCOCO ? "both" : "neither")")
        }
    }
}

extension EvaluationSource {
    /// The options of a list of captions.
    var files: FilePairs.Options {
        var files = FilePairs.Options()
        (files.imageKey, files.captionKey) = (options.imageColumn, options.captionColumn)
        files.imageFolder = options.imageFolder.map { URL(filePath: $0) }
        return files
    }

    /// The options of a list of labels.
    func list(image: String, separator: Character? = nil, name: String) -> FileImages.ListOptions {
        FileImages.ListOptions(
            imageKey: options.imageColumn ?? image, labelKey: options.labelColumn ?? ImageFolder.classColumn,
            separator: options.separator ?? separator ?? TableOptions.usualSeparator(of: path),
            labelSeparator: options.labelSeparator, imageFolder: options.imageFolder,
            classNames: options.classNames, name: name)
    }
}
