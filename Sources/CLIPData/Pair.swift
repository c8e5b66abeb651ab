public import CLIPImaging

/// An image and a text that says what it shows.
public struct Pair: Sendable, Hashable {
    /// The image, of any size and mode.
    public var image: Bitmap
    /// The text as it is given to the tokenizer.
    public var caption: String

    /// Puts an image beside its caption.
    public init(image: Bitmap, caption: String) {
        self.image = image
        self.caption = caption
    }
}

/// Pairs to train on, reached by index.
///
/// An index may stand for a small group of pairs that belong into one batch, such as a scene and its mirror image: each
/// is a hard negative for the other. Most data sets have groups of one.
///
/// A data set is read by many threads at the same time. What it gives depends on the index and the epoch alone, so that
/// a run repeats: one that draws captions or scenes at random seeds its generator from both.
public protocol PairDataset: Sendable {
    /// The number of indices in an epoch, at least one.
    var count: Int { get }

    /// The number of pairs that each index gives; 1 if a data set does not say otherwise.
    var groupSize: Int { get }

    /// Runs of indices whose samples lie together and are read best one run after the other, such as those of a file: in
    /// rising order, without overlap. Empty, as a data set has it that does not say otherwise, where no index is nearer to
    /// one than to another: then an epoch is shuffled as a whole.
    var blocks: [Range<Int>] { get }

    /// How many blocks can be open at the same time, such as shards that have been unpacked. Where a loader mixes half of
    /// them or fewer, it opens the next ones while it reads. 0, as a data set has it that does not say otherwise, where
    /// there is nothing to open.
    var openBlocks: Int { get }

    /// Opens the block of the sample at an index ahead of need; one that is open is kept from being closed as the one that
    /// was used longest ago.
    func openBlock(at index: Int)

    /// What was passed over when the data set was opened; nothing if it does not say otherwise.
    var skipped: BadSamples { get }

    /// The pairs at an index of `0..<count`, exactly `groupSize` of them.
    ///
    /// - Throws: What is wrong with this sample, in one line. The loader passes over it, counts it and goes on.
    func pairs(at index: Int, epoch: Int) throws -> [Pair]

    /// The captions of the pairs at an index, without their images: what a vocabulary is learned from.
    func captions(at index: Int, epoch: Int) throws -> [String]

    /// Throws where the data set itself, such as its folder, is no longer there: asked after the sample at an index could
    /// not be read. The loader then ends, in place of passing over the rest of the samples one by one.
    func checkPresence(at index: Int, epoch: Int) throws

    /// What messages call the sample at an index: its file, for example. "sample 17" if a data set does not say otherwise.
    func name(at index: Int, epoch: Int) -> String

    /// What tells the image at an index from every other one, in other data sets too: a path that says where it lies. The
    /// name if a data set does not say otherwise.
    func imageName(at index: Int, epoch: Int) -> String

    /// Which sample stands at an index; the one of that number if a data set does not say otherwise.
    func identity(at index: Int, epoch: Int) -> SampleIdentity
}

/// Which sample of a data set it is, whatever the index at which an epoch has it.
public struct SampleIdentity: Sendable, Hashable {
    /// The part of a mixture that has the sample, the part of that part, and so on, and the sample's number in it.
    private var numbers: [Int]

    /// The sample of a number.
    public init(_ number: Int) { numbers = [number] }

    /// The same sample where its data set is one of the parts of a mixture.
    package func inPart(_ part: Int) -> SampleIdentity {
        var identity = self
        identity.numbers.insert(part, at: 0)
        return identity
    }
}

extension PairDataset {
    /// Each index gives one pair.
    public var groupSize: Int { 1 }

    /// Any index is as near as any other.
    public var blocks: [Range<Int>] { [] }

    /// Nothing was passed over.
    public var skipped: BadSamples { BadSamples() }

    /// Nothing is opened ahead.
    public var openBlocks: Int { 0 }

    /// Does nothing.
    public func openBlock(at index: Int) {}

    /// The captions of the whole pairs.
    public func captions(at index: Int, epoch: Int) throws -> [String] {
        try pairs(at: index, epoch: epoch).map(\.caption)
    }

    /// Nothing tells.
    public func checkPresence(at index: Int, epoch: Int) throws {}

    /// The sample's number.
    public func name(at index: Int, epoch: Int) -> String { "sample \(index)" }

    /// The sample's name.
    public func imageName(at index: Int, epoch: Int) -> String { name(at: index, epoch: epoch) }

    /// The index, in every epoch.
    public func identity(at index: Int, epoch: Int) -> SampleIdentity { SampleIdentity(index) }
}
