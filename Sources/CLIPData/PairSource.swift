internal import CLIPFiles
import Foundation

/// Where pairs of images and captions come from, as a configuration or a command line names it.
package enum PairSource: Sendable, Hashable {
    /// A TSV or CSV file.
    case table(String, TableOptions)
    /// A file with a JSON object on each line.
    case jsonLines(String, FilePairs.Options)
    /// A folder of images: Hugging Face's imagefolder, images with text files beside them, or folders named after classes.
    case folder(String, FilePairs.Options)
    /// COCO's captions.
    case coco(String, FilePairs.Options)
    /// Splits of Karpathy's.
    case karpathy(String, Set<KarpathySplit>, FilePairs.Options)
    /// Shards in webdataset's layout: a pattern, or several joined by `::`.
    case shards(String, ShardPairs.Options)

    /// Opens the source.
    ///
    /// - Parameters:
    ///   - seed: What captions are drawn by.
    ///   - budget: What the source shares with others; as its own options say, if `nil`.
    /// - Throws: ``DatasetError`` or `FileError` for a source that gives no pair.
    package func open(seed: UInt64, budget: SourceBudget? = nil) throws -> any StoredPairs {
        let budget = budget ?? ownBudget
        switch self {
        case .table(let file, let options):
            return try TablePairs(contentsOf: URL(filePath: file), options: options, seed: seed, budget: budget)
        case .jsonLines(let file, let options):
            return try FilePairs(jsonLines: URL(filePath: file), options: options, seed: seed, budget: budget)
        case .folder(let folder, let options):
            return try Self.open(URL(filePath: folder), options, seed, budget)
        case .coco(let file, let options):
            return try FilePairs(coco: URL(filePath: file), options: options, seed: seed, budget: budget)
        case .karpathy(let file, let splits, let options):
            return try FilePairs(
                karpathy: URL(filePath: file), splits: splits, options: options, seed: seed, budget: budget)
        case .shards(let pattern, let options):
            return try ShardPairs(pattern, options: options, seed: seed, budget: budget)
        }
    }

    private var ownBudget: SourceBudget {
        switch self {
        case .table(_, let options): SourceBudget(cacheBytes: options.images.cacheBytes)
        case .jsonLines(_, let options), .folder(_, let options), .coco(_, let options), .karpathy(_, _, let options):
            SourceBudget(cacheBytes: options.images.cacheBytes)
        case .shards(_, let options): options.budget
        }
    }

    private static func open(
        _ folder: URL, _ options: FilePairs.Options, _ seed: UInt64, _ budget: SourceBudget
    ) throws -> any StoredPairs {
        let given = options
        var options = options
        options.imageKey = options.imageKey ?? ImageFolder.keys.image
        options.captionKey = options.captionKey ?? ImageFolder.keys.caption
        switch try ImageFolder(folder) {
        case .table(let file):
            var table = TableOptions(options)
            table.separator = ","
            return try TablePairs(contentsOf: file, options: table, seed: seed, budget: budget)
        case .jsonLines(let file):
            return try FilePairs(jsonLines: file, options: options, seed: seed, budget: budget)
        case .plain:
            let hasClasses = !given.captions.isEmpty || given.captionKey == ImageFolder.classColumn
            guard given.imageKey == nil, given.imageFolder == nil, given.captionKey == nil || hasClasses else {
                throw DatasetError(
                    folder.path,
                    "expected metadata.csv or metadata.jsonl where columns or another folder of images are named")
            }
            if hasClasses { return try FilePairs(classesIn: folder, options: given, seed: seed, budget: budget) }
            return try FilePairs(textsIn: folder, options: options, seed: seed, budget: budget)
        }
    }
}

extension MixedPairs {
    /// Opens sources as one data set, in which each has a weight: how often an epoch has each of its samples. They share a
    /// budget.
    ///
    /// - Throws: ``DatasetError`` or `FileError` for a source that gives no pair or a weight that means nothing.
    package static func open(
        _ parts: [(source: PairSource, weight: Double)], seed: UInt64, budget: SourceBudget
    ) throws -> MixedPairs {
        try MixedPairs(
            parts.map { part in (dataset: try part.source.open(seed: seed, budget: budget), weight: part.weight) })
    }
}

extension ShardPairs {
    /// The parts of a pattern that are joined by `::` as sources, each with its weight.
    ///
    /// - Throws: ``DatasetError`` where there is not a weight for each part.
    package static func parts(
        of pattern: String, weights: [Double], options: Options
    ) throws -> [(source: PairSource, weight: Double)] {
        let parts = parts(of: pattern)
        guard parts.count == weights.count else {
            throw DatasetError(
                pattern.quoted(),
                "expected a weight for each of the \(parts.count) parts between ::, found \(weights.count)")
        }
        return zip(parts, weights).map { (.shards($0, options), $1) }
    }
}
