internal import ArgumentParser
internal import CLIPData
internal import CLIPFiles
internal import Foundation

/// Where images and captions come from: exactly one of the kinds that a training run reads.
struct SourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A TSV or CSV file with columns of image paths and captions.", valueName: "file"))
    var table: String?

    @Option(help: ArgumentHelp("A file with a JSON object on each line.", valueName: "file"))
    var jsonl: String?

    @Option(
        help: ArgumentHelp(
            "A folder of images with metadata.csv or metadata.jsonl, with .txt files of the same names, or, with "
                + "--caption-column label, of folders named after the classes of the images in them.",
            valueName: "folder"))
    var folder: String?

    @Option(help: ArgumentHelp("A JSON file of COCO's captions.", valueName: "file"))
    var coco: String?

    @Option(help: ArgumentHelp("A JSON file of Karpathy's splits, such as dataset_coco.json.", valueName: "file"))
    var karpathy: String?

    @Option(
        name: .customLong("split"),
        help: ArgumentHelp(
            "A split of Karpathy's to take; train if not given. Give the option several times for several: train and "
                + "restval are what COCO is trained on.", valueName: "split"),
        transform: SourceOptions.split)
    var splits: [KarpathySplit] = []

    @Option(
        help: ArgumentHelp(
            "Shards in webdataset's layout, such as \"data/{00000..00099}.tar\"; several patterns are joined by ::.",
            valueName: "pattern"))
    var shards: String?

    @Option(
        help: ArgumentHelp("What separates a table's columns; a comma in .csv, else a tab.", valueName: "character"))
    var separator: String?

    @Option(help: ArgumentHelp("The column or key of the images' paths.", valueName: "name"))
    var imageColumn: String?

    @Option(help: ArgumentHelp("The column or key of the captions.", valueName: "name"))
    var captionColumn: String?

    @Option(
        help: ArgumentHelp("The folder that paths are relative to; the list's own if not given.", valueName: "folder"))
    var imageFolder: String?

    /// What the user named.
    var name: String { named.first?.name ?? "" }

    func validate() throws {
        guard named.count == 1 else {
            throw ValidationError(
                "Expected exactly one of --table, --jsonl, --folder, --coco, --karpathy and --shards.")
        }
        if let separator, table == nil || separator.count != 1 {
            throw ValidationError(
                "--separator: expected one character for the columns of a table, found \(separator.quoted())")
        }
        if !splits.isEmpty, karpathy == nil { throw ValidationError("--split: expected --karpathy beside it") }
        if imageColumn != nil || captionColumn != nil, table == nil && jsonl == nil && folder == nil {
            throw ValidationError("--image-column, --caption-column: expected a table, JSON lines or a folder")
        }
        if imageFolder != nil, shards != nil {
            throw ValidationError("--image-folder: expected a list of paths, found shards")
        }
    }

    /// Opens the source.
    ///
    /// - Throws: `DatasetError` or `FileError` for a source that gives no pair.
    func open() throws -> any StoredPairs {
        guard let source = named.first?.source else { preconditionFailure("one source, as was validated") }
        return try source.open(seed: 0)
    }

    /// The sources that the user named; exactly one where the options are valid.
    private var named: [(name: String, source: PairSource)] {
        let sources: [(name: String, source: PairSource)?] = [
            table.map { ($0, .table($0, tableOptions($0))) },
            jsonl.map { ($0, .jsonLines($0, list)) },
            folder.map { ($0, .folder($0, list)) },
            coco.map { ($0, .coco($0, list)) },
            karpathy.map { ($0, .karpathy($0, splits.isEmpty ? [.train] : Set(splits), list)) },
            shards.map { ($0, .shards($0, ShardPairs.Options())) },
        ]
        return sources.compactMap { $0 }
    }

    private static func split(_ name: String) throws -> KarpathySplit {
        if let split = KarpathySplit(rawValue: name) { return split }
        let known = KarpathySplit.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("expected \(known), found \(name.quoted())")
    }

    private var list: FilePairs.Options {
        var options = FilePairs.Options()
        options.imageKey = imageColumn
        options.captionKey = captionColumn
        options.imageFolder = imageFolder.map { URL(filePath: $0) }
        return options
    }

    private func tableOptions(_ table: String) -> TableOptions {
        var options = TableOptions(list)
        options.separator = separator?.first ?? TableOptions.usualSeparator(of: table)
        return options
    }
}
