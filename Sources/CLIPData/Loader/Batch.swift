import CLIPTokenization

/// Pairs that are trained on together: `count` images and their texts, in the same order.
public struct Batch: Sendable {
    /// The number of pairs.
    public let count: Int
    /// Rows of each image.
    public let height: Int
    /// Columns of each image.
    public let width: Int
    /// The samples of the images, `[count, 3, height, width]`, 0 to 255: to be divided by 255, less the mean, divided by
    /// the standard deviation.
    public let pixels: [UInt8]
    /// The token ids, `[count, tokenWidth]`, each row filled up with the tokenizer's padding.
    public let tokens: [Int32]
    /// The length of a row of tokens.
    public let tokenWidth: Int
    /// The texts.
    public let captions: [String]
    /// The index of each pair in the data set.
    public let indices: [Int]
    /// For each row, the first row of the batch that has the same tokens: itself where its caption is new. A loss that
    /// takes equal captions for matches compares these numbers.
    public let firstEqual: [Int32]
    /// For each row, the first row of the batch that shows the same image, as the data set tells images: itself where it is
    /// new, and where images are not compared.
    public let firstEqualImage: [Int32]
    /// How many texts were longer than the context and have been cut.
    public let truncatedCount: Int
    /// The epoch that the batch is part of, from 0.
    public let epoch: Int
    /// The batch's number in its epoch, from 0.
    public let step: Int
    /// How many pairs the run has had with this batch, over all epochs.
    public let samplesSeen: Int
    /// Where a loader goes on after this batch: to be kept in a checkpoint.
    public let next: LoaderPosition

    /// Copies the samples of a batch into its memory; `imageName` tells the image of an index, where images are compared.
    init(_ draft: BatchDraft, format: BatchFormat, imageName: ((Int) -> String)?) {
        let samples = draft.groups.flatMap(\.samples)
        let count = samples.count
        self.count = count
        (height, width) = (format.height, format.width)
        pixels = Self.joined(samples.map(\.pixels), each: 3 * format.height * format.width)
        let longest = samples.map(\.ids.count).max() ?? 0
        let length = format.trimsTokens ? longest : max(longest, format.contextLength)
        tokenWidth = length
        tokens = samples.flatMap { format.row($0.ids, length: length) }
        captions = samples.map(\.caption)
        let indices = draft.groups.flatMap { group in group.samples.map { _ in group.index } }
        self.indices = indices
        firstEqual = Self.firstEqual(samples.map(\.ids))
        firstEqualImage = imageName.map { Self.firstEqual(indices.map($0)) } ?? Array(0..<Int32(count))
        truncatedCount = samples.count { $0.isTruncated }
        epoch = draft.epoch
        step = draft.step
        samplesSeen = draft.next.samplesSeen
        next = draft.next
    }

    private static func joined(_ parts: [[UInt8]], each size: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: parts.count * size) { buffer, initialized in
            // Safe: every image has `size` bytes, as `SamplePreparer` makes them, so that all of the memory is written.
            for (row, part) in parts.enumerated() {
                precondition(part.count == size, "an image of the batch's size")
                let place = UnsafeMutableBufferPointer(rebasing: buffer[row * size..<(row + 1) * size])
                _ = place.initialize(from: part)
            }
            initialized = parts.count * size
        }
    }

    private static func firstEqual<Key: Hashable>(_ rows: [Key]) -> [Int32] {
        var first: [Key: Int32] = [:]
        return rows.enumerated().map { row, key in
            if let earlier = first[key] { return earlier }
            first[key] = Int32(row)
            return Int32(row)
        }
    }
}

/// What all batches of a loader have in common.
struct BatchFormat: Sendable {
    var height: Int
    var width: Int
    var contextLength: Int
    var paddingToken: Int32
    var paddingSide = PaddingSide.right
    var trimsTokens: Bool

    /// The ids of a text in a row of a length, filled up on the tokenizer's side.
    func row(_ ids: [Int32], length: Int) -> [Int32] {
        let padding = repeatElement(paddingToken, count: length - ids.count)
        return paddingSide == .left ? padding + ids : ids + padding
    }
}
