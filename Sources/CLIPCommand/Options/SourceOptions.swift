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
            "A folder of images with metadata.csv or metadata.jsonl, or with .txt files of the same names.",
            valueName: "folder"))
    var folder: String?

    @Option(help: ArgumentHelp("A JSON file of COCO's captions.", valueName: "file"))
    var coco: String?

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
    var name: String { [table, jsonl, folder, coco, shards].compactMap { $0 }.first ?? "" }

    func validate() throws {
        guard [table, jsonl, folder, coco, shards].compactMap({ $0 }).count == 1 else {
            throw ValidationError("Expected exactly one of --table, --jsonl, --folder, --coco and --shards.")
        }
        if let separator, table == nil || separator.count != 1 {
            throw ValidationError(
                "--separator: expected one character for the columns of a table, found \(separator.quoted())")
        }
        if imageColumn != nil || captionColumn != nil, coco != nil || shards != nil {
            throw ValidationError("--image-column, --caption-column: expected a table, JSON lines or a folder")
        }
        if imageFolder != nil, shards != nil {
            throw ValidationError("--image-folder: expected a list of paths, found shards")
        }
    }

    /// Opens the source.
    func open() throws -> any StoredPairs { try source.open(seed: 0) }

    private var source: PairSource {
        if let table { return .table(table, tableOptions(table)) }
        if let jsonl { return .jsonLines(jsonl, fileOptions) }
        if let folder { return .folder(folder, fileOptions) }
        if let coco { return .coco(coco, fileOptions) }
        return .shards(shards ?? "", ShardPairs.Options())
    }

    private var fileOptions: FilePairs.Options {
        var options = FilePairs.Options()
        options.imageKey = imageColumn
        options.captionKey = captionColumn
        options.imageFolder = imageFolder.map { URL(filePath: $0) }
        return options
    }

    private func tableOptions(_ table: String) -> TableOptions {
        var options = TableOptions()
        options.separator = separator?.first ?? TableOptions.usualSeparator(of: table)
        options.imageKey = imageColumn ?? options.imageKey
        options.captionKey = captionColumn ?? options.captionKey
        options.imageFolder = imageFolder.map { URL(filePath: $0) }
        return options
    }
}
