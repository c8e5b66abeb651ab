import CLIPImaging
import CLIPTokenization

/// A pair as a batch needs it.
struct PreparedSample: Sendable {
    /// `[3, height, width]`.
    var pixels: [UInt8]
    /// From start to end of text, not padded.
    var ids: [Int32]
    var caption: String
    var isTruncated: Bool
}

/// What an index of the data set came to.
struct PreparedGroup: Sendable {
    /// Its place in the epoch's order.
    let place: Int
    /// Its index in the data set.
    let index: Int
    var samples: [PreparedSample]
}

/// Brings pairs to the form that batches need. Everything random is drawn from the seed, the epoch and the index.
struct SamplePreparer: Sendable {
    let dataset: any PairDataset
    let images: BatchImages
    let tokenizer: any Tokenizer
    let seed: UInt64

    func samples(at index: Int, epoch: Int) throws -> [PreparedSample] {
        let pairs = try dataset.pairs(at: index, epoch: epoch)
        guard pairs.count == dataset.groupSize else {
            throw DatasetError(
                dataset.name(at: index, epoch: epoch),
                "expected a group of \(dataset.groupSize) pairs, found \(pairs.count)")
        }
        var generator = SeededGenerator(sample: index, epoch: epoch, seed: seed)
        return pairs.map { prepared($0, using: &generator) }
    }

    private func prepared(_ pair: Pair, using generator: inout SeededGenerator) -> PreparedSample {
        let text = tokenizer.encode(pair.caption)
        return PreparedSample(
            pixels: images.pixels(of: pair.image, using: &generator), ids: text.ids, caption: pair.caption,
            isTruncated: text.isTruncated)
    }
}

extension SeededGenerator {
    /// The generator of one sample in one epoch.
    init(sample index: Int, epoch: Int, seed: UInt64) {
        var epochs = SeededGenerator(seed: seed, stream: UInt64(bitPattern: Int64(epoch)))
        self.init(seed: epochs.next(), stream: UInt64(bitPattern: Int64(index)))
    }
}
