internal import CLIPFiles
import CLIPImaging
import Foundation

/// Pairs from tar files in webdataset's layout: `{00000..00099}.tar`, also packed as a whole by gzip or zstd.
///
/// ```swift
/// let pairs = try ShardPairs("data/{00000..00099}.tar", seed: 1)
/// ```
///
/// Each shard is a block: a loader that shuffles reads a few at a time, so that a set of any size takes little memory. A
/// plain shard is read where it lies; a packed one is unpacked to a temporary file while it is in use.
///
/// Of a broken shard the samples that can be reached are used; what is broken is counted in ``skipped``, or, where a file
/// beside the shards promised more samples, told for each that is missing.
public struct ShardPairs: StoredPairs {
    /// The shards that are broken, as far as they had to be looked through to count their samples.
    public let skipped: BadSamples
    /// The shards' files and their samples: of the whole set, in order.
    package let shards: [Shard]

    /// A shard's file and its place in the set.
    package struct Shard: Sendable, Hashable {
        package let path: String
        package let range: Range<Int>
    }

    private let cache: ShardCache
    private let images: ImageStore
    private let seed: UInt64
    private let splitsLines: Bool

    /// How shards are read.
    public struct Options: Sendable, Hashable {
        /// How many shards a loader's order mixes at a time; twice as many are open at the most.
        public var mixedShards = LoaderOptions().mixedBlocks
        /// How images are kept.
        public var images = ImageStoreOptions()
        /// Whether each line of a text is a caption of its own.
        package var splitsLines = false

        /// The defaults, to be changed one by one.
        public init() {}

        /// What the options allow a set of its own.
        package var budget: SourceBudget { SourceBudget(cacheBytes: images.cacheBytes, mixedShards: mixedShards) }
    }

    /// Opens the shards of a pattern, or of several joined by `::`.
    ///
    /// - Parameter seed: What a caption is drawn by where a sample has several.
    /// - Throws: ``DatasetError`` for a pattern that means nothing or a set without samples, `FileError` for a shard that is
    ///   not there.
    public init(_ pattern: String, options: Options = Options(), seed: UInt64 = 0) throws {
        try self.init(pattern, options: options, seed: seed, budget: options.budget)
    }

    package init(_ pattern: String, options: Options, seed: UInt64, budget: SourceBudget) throws {
        try self.init(paths: Self.paths(of: pattern), options: options, seed: seed, budget: budget)
    }

    init(paths: [String], options: Options, seed: UInt64, budget: SourceBudget) throws {
        var skipped = BadSamples()
        var shards: [Shard] = []
        var start = 0
        for (path, outcome) in zip(paths, try Self.counts(of: paths)) {
            let (count, faults) = try outcome.get()
            shards.append(Shard(path: path, range: start..<(start + count)))
            start += count
            if let first = faults.first { skipped.add(BadSample(name: path, reason: first)) }
        }
        guard start > 0 else {
            let first = skipped.first.first.map { "; the first: \($0)" } ?? ""
            throw DatasetError(paths.first ?? "shards", "expected samples in the shards, found none\(first)")
        }
        (self.skipped, self.shards, cache) = (skipped, shards, budget.shards)
        images = ImageStore(count: start, shortestEdge: options.images.shortestEdge, budget: budget.images)
        (self.seed, splitsLines) = (captionSeed(seed), options.splitsLines)
    }

    /// The files that the parts of a pattern between `::` stand for.
    static func paths(of pattern: String) throws -> [String] {
        let parts = pattern.split(separator: "::", omittingEmptySubsequences: false).map(String.init)
        return try parts.flatMap { part in
            guard !part.isEmpty, !part.contains("://"), !part.hasPrefix("pipe:") else {
                throw DatasetError(
                    part.quoted(), "expected the path of a tar file on this machine, with or without braces")
            }
            return try BraceExpansion.texts(of: part)
        }
    }

    private typealias Count = Result<(count: Int, faults: TarScanner.Faults), any Error>

    /// The number of samples of each shard, as files beside them say it, or counted on all processors.
    private static func counts(of paths: [String]) throws -> [Count] {
        let perFolder = Dictionary(grouping: paths, by: parentFolder(of:)).mapValues { Set($0).count }
        var sizes = ShardSizes()
        let known = try paths.map { try sizes.count(of: $0, isAlone: perFolder[parentFolder(of: $0)] == 1) }
        return parallelMap(paths.count) { index in
            Result {
                if let count = known[index] {
                    guard access(paths[index], R_OK) == 0 else { throw FileError.system(paths[index]) }
                    return (count, TarScanner.Faults())
                }
                let shard = try OpenShard(opening: paths[index])
                return (shard.samples.count, shard.faults)
            }
        }
    }

    /// The number of samples, those included that turn out to lack an image or a caption.
    public var count: Int { shards.last?.range.upperBound ?? 0 }

    /// The shards.
    public var blocks: [Range<Int>] { shards.map(\.range).filter { !$0.isEmpty } }

    /// Twice as many as are mixed: those that are read, and those that come next.
    public var openBlocks: Int { cache.limit }

    /// Looks through the shard of a sample, or unpacks it. One that is broken says so when its samples are asked for.
    public func openBlock(at index: Int) { _ = try? cache.shard(shard(of: index).path) }

    /// The pair of a sample, its caption drawn for the epoch.
    public func pairs(at index: Int, epoch: Int) throws -> [Pair] {
        let captions = try captions(at: index, epoch: epoch)
        let image = try images.image(at: index) {
            let bytes = try imageBytes(at: index)
            return try bytes.withUnsafeBytes { try Bitmap(decoding: $0, name: name(at: index)) }
        }
        return captions.map { Pair(image: image, caption: $0) }
    }

    /// The caption of a sample, drawn for the epoch.
    public func captions(at index: Int, epoch: Int) throws -> [String] { try drawnCaption(at: index, epoch, seed) }

    /// Throws where the folder of the sample's shard is gone, or there is no room to unpack the shard.
    public func checkPresence(at index: Int, epoch: Int) throws {
        let path = shard(of: index).path
        guard FileManager.default.fileExists(atPath: parentFolder(of: path)) else {
            throw DatasetError(parentFolder(of: path), "expected the folder with the shards, found none")
        }
        do { _ = try cache.shard(path) } catch let error as FileError where error.code == .unwritable {
            throw error
        } catch {}
    }

    /// The shard and the key of a sample.
    public func name(at index: Int, epoch: Int) -> String {
        let shard = shard(of: index)
        let sample = try? sample(at: index)
        return "\(shard.path)/\(sample?.sample.name ?? "sample \(index - shard.range.lowerBound)")"
    }

    /// The shard and the number of a sample in it: keys may repeat, and are not known before the shard is open.
    public func imageName(at index: Int, epoch: Int) -> String {
        let shard = shard(of: index)
        return "\(shard.path)/sample \(index - shard.range.lowerBound)"
    }

    package func location(at index: Int) -> String { name(at: index) }

    package func imageBytes(at index: Int) throws -> [UInt8] {
        let (shard, sample) = try sample(at: index)
        return try shard.image(of: sample)
    }

    package func allCaptions(at index: Int) throws -> [String] {
        let (shard, sample) = try sample(at: index)
        let captions = try shard.captions(of: sample)
        return try CaptionText.checked(
            splitsLines ? captions.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) } : captions,
            "\(shard.path)/\(sample.name)")
    }

    private func shard(of index: Int) -> Shard {
        // The last shard that begins at or before the index: empty ones before it have the same beginning.
        shards[shards.partitioningIndex { $0.range.lowerBound > index } - 1]
    }

    private func sample(at index: Int) throws -> (shard: OpenShard, sample: ShardSample) {
        let place = shard(of: index)
        let shard = try cache.shard(place.path)
        let number = index - place.range.lowerBound
        guard number < shard.samples.count else {
            throw MissingSample(number: number, promised: place.range.count, shard: shard)
        }
        return (shard, shard.samples[number])
    }
}

/// A sample that a file beside the shards promised, and that the shard does not have.
struct MissingSample: Error, CustomStringConvertible {
    let number: Int
    let promised: Int
    let shard: OpenShard

    var description: String {
        let fault = shard.faults.first.map { ": \($0)" } ?? ""
        return "\(shard.path)/sample \(number): expected \(promised) samples in the shard, as is said beside it, found "
            + "\(shard.samples.count)\(fault)"
    }
}
