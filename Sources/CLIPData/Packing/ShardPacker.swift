internal import CLIPFiles
import CLIPImaging
import Foundation

/// Packs pairs into shards in webdataset's layout: `00000.tar`, `00001.tar`, … with `sizes.json` beside them, in a folder that
/// appears whole or not at all.
///
/// A sample is the image's file as it is, `000000017.jpg`, and its caption, `000000017.txt`; where there are several captions,
/// `000000017.json` has them all as `captions`, and the text is the first.
package struct ShardPacker {
    /// How shards are cut and in what order.
    package struct Options: Sendable, Hashable {
        /// Samples in a shard. One ends earlier where it would be larger than 3 GB, as webdataset's writer does.
        package var shardSize = 10_000
        /// What the order of the samples is drawn from; the source's order if `nil`.
        package var shuffleSeed: UInt64?
        /// How many blocks of the source, such as shards, are shuffled together, as ``EpochOrder`` has it: no others are
        /// open meanwhile.
        package var mixedBlocks = LoaderOptions().mixedBlocks

        package init() {}
    }

    /// What came of it.
    package struct Outcome: Sendable {
        /// The names of the shards with their numbers of samples, in order.
        package var shards: [(name: String, count: Int)] = []
        /// The size of all shards.
        package var bytes = 0
        /// The samples that could not be packed.
        package var bad = BadSamples()

        /// The number of samples in all shards.
        package var samples: Int { shards.reduce(0) { $0 + $1.count } }
    }

    private static let largestShard = 3_000_000_000
    /// Keys have nine digits.
    private static let mostSamples = 1_000_000_000

    private let pairs: any StoredPairs
    private let options: Options
    private let onSample: (BadSample?) -> Void
    private var outcome = Outcome()
    private var shard: AtomicFile?

    /// Packs a source into the folder at `path`, which must be empty or not be there.
    ///
    /// - Parameter onSample: Called after each sample, with the reason where it was passed over.
    /// - Throws: `FileError` where the folder cannot be written or holds something, ``DatasetError`` where no sample can be
    ///   packed, `CancellationError` when the task is cancelled.
    package static func pack(
        _ pairs: any StoredPairs, to path: String, options: Options, onSample: (BadSample?) -> Void
    ) throws -> Outcome {
        guard pairs.count <= mostSamples else {
            throw DatasetError(path, "expected at most \(mostSamples) samples, found \(pairs.count)")
        }
        return try withoutActuallyEscaping(onSample) { onSample in
            var packer = ShardPacker(pairs: pairs, options: options, onSample: onSample)
            try AtomicFolder.write(to: path, replaceable: []) { try packer.write(to: $0) }
            return packer.outcome
        }
    }

    private init(pairs: any StoredPairs, options: Options, onSample: @escaping (BadSample?) -> Void) {
        (self.pairs, self.options, self.onSample) = (pairs, options, onSample)
    }

    private mutating func write(to folder: AtomicFolder) throws {
        var order = options.shuffleSeed.map {
            EpochOrder(count: pairs.count, blocks: pairs.blocks, mixing: options.mixedBlocks, epoch: 0, seed: $0)
        }
        for place in 0..<pairs.count {
            try Task.checkCancellation()
            let index = order?.index(at: place) ?? place
            do {
                try add(try Sample(pairs, index), to: folder)
                onSample(nil)
            } catch let error as WriteError {
                throw error.cause
            } catch {
                let bad = BadSample(name: pairs.name(at: index), reason: "\(error)")
                outcome.bad.add(bad)
                onSample(bad)
            }
        }
        try finishShard()
        guard outcome.samples > 0 else {
            throw DatasetError(folder.path, "expected samples to pack, found none that can be read")
        }
        let sizes = JSON.object(outcome.shards.map { JSON.Member($0.name, .integer($0.count)) })
        try folder.write(Array(sizes.indentedText.utf8), as: "sizes.json")
    }

    private mutating func add(_ sample: Sample, to folder: AtomicFolder) throws {
        do {
            let isFull = outcome.shards.last.map { $0.count >= options.shardSize } ?? false
            if isFull || (shard?.count ?? 0) + sample.space > Self.largestShard { try finishShard() }
            if shard == nil {
                let name = String(format: "%05d.tar", outcome.shards.count)
                shard = try folder.writing(name) { try AtomicFile(path: $0) }
                outcome.shards.append((name, 0))
            }
            guard let shard else { return }
            try sample.write(to: TarWriter(shard), key: String(format: "%09d", outcome.samples))
            outcome.shards[outcome.shards.count - 1].count += 1
        } catch {
            throw WriteError(cause: error)
        }
    }

    private mutating func finishShard() throws {
        guard let shard else { return }
        try TarWriter(shard).finish()
        outcome.bytes += shard.count
        try shard.commit()
        self.shard = nil
    }

    /// A fault of the disk that is written to, which ends the work: a fault of the source does not.
    private struct WriteError: Error {
        let cause: any Error
    }
}

/// The files of a sample.
private struct Sample {
    private let members: [(suffix: String, bytes: [UInt8])]

    init(_ pairs: any StoredPairs, _ index: Int) throws {
        let captions = try pairs.allCaptions(at: index)
        let image = try pairs.imageBytes(at: index)
        let format = try image.withUnsafeBytes { try ImageFormat(of: $0, name: pairs.name(at: index)) }
        var members = [(format.suffix, image), ("txt", Array((captions.first ?? "").utf8))]
        if captions.count > 1 {
            let all: JSON = ["captions": .array(captions.map { .string($0) })]
            members.append(("json", Array(all.compactText.utf8)))
        }
        self.members = members
    }

    /// The bytes that it takes in a shard.
    var space: Int { members.reduce(0) { $0 + TarWriter.space(for: $1.bytes.count) } }

    func write(to tar: TarWriter, key: String) throws {
        for member in members { try tar.append("\(key).\(member.suffix)", member.bytes) }
    }
}
