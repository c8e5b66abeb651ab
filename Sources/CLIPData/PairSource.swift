import Foundation

/// Where pairs of images and captions come from, as a configuration or a command line names it.
package enum PairSource: Sendable, Hashable {
    /// A TSV or CSV file.
    case table(String, TableOptions)
    /// A file with a JSON object on each line.
    case jsonLines(String, FilePairs.Options)
    /// A folder of images: Hugging Face's imagefolder, or images with text files beside them.
    case folder(String, FilePairs.Options)
    /// COCO's captions.
    case coco(String, FilePairs.Options)
    /// Shards in webdataset's layout: a pattern, or several joined by `::`.
    case shards(String, ShardPairs.Options)

    /// Opens the source.
    ///
    /// - Parameter seed: What captions are drawn by.
    /// - Throws: ``DatasetError`` or `FileError` for a source that gives no pair.
    package func open(seed: UInt64) throws -> any StoredPairs {
        switch self {
        case .table(let file, let options):
            try TablePairs(contentsOf: URL(filePath: file), options: options, seed: seed)
        case .jsonLines(let file, let options):
            try FilePairs(jsonLines: URL(filePath: file), options: options, seed: seed)
        case .folder(let folder, let options): try Self.open(URL(filePath: folder), options, seed)
        case .coco(let file, let options): try FilePairs(coco: URL(filePath: file), options: options, seed: seed)
        case .shards(let pattern, let options): try ShardPairs(pattern, options: options, seed: seed)
        }
    }

    private static func open(_ folder: URL, _ options: FilePairs.Options, _ seed: UInt64) throws -> any StoredPairs {
        var options = options
        options.imageKey = options.imageKey ?? ImageFolder.keys.image
        options.captionKey = options.captionKey ?? ImageFolder.keys.caption
        switch try ImageFolder(folder) {
        case .table(let file):
            var table = TableOptions()
            table.separator = ","
            table.imageKey = options.imageKey ?? table.imageKey
            table.captionKey = options.captionKey ?? table.captionKey
            table.imageFolder = options.imageFolder
            table.images = options.images
            return try TablePairs(contentsOf: file, options: table, seed: seed)
        case .jsonLines(let file): return try FilePairs(jsonLines: file, options: options, seed: seed)
        case .texts: return try FilePairs(textsIn: folder, options: options, seed: seed)
        }
    }
}

extension ShardPairs {
    /// Opens the parts of a pattern that are joined by `::`, each with a weight: how often an epoch has each of its samples.
    ///
    /// - Throws: ``DatasetError`` where there is not a weight for each part.
    package static func mixture(
        _ pattern: String, weights: [Double], options: Options, seed: UInt64
    ) throws -> (pairs: MixedPairs, skipped: BadSamples) {
        let lists = try lists(of: pattern)
        guard lists.count == weights.count else {
            throw DatasetError(
                "shards", "expected a weight for each of the \(lists.count) parts between ::, found \(weights.count)")
        }
        let cache = ShardCache(limit: 2 * options.mixedShards)
        let parts = try lists.map { try ShardPairs(paths: $0, options: options, cache: cache, seed: seed) }
        var skipped = BadSamples()
        for part in parts { skipped.add(part.skipped) }
        return (try MixedPairs(Array(zip(parts, weights).map { ($0, weight: $1) })), skipped)
    }
}
