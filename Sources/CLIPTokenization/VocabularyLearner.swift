/// Learns a byte-level BPE vocabulary from captions.
///
/// Captions are cleaned and split as the tokenizer does; only the distinct words and their counts are kept. The result
/// depends on the captions alone, not on their order: of equally frequent pairs the one with the lower ids is merged
/// first.
///
/// ```swift
/// var learner = VocabularyLearner()
/// for caption in captions { learner.add(caption) }
/// let vocabulary = try learner.learn(vocabularySize: 2_048)
/// ```
///
/// The method is that of Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units"
/// (2016), over bytes.
public struct VocabularyLearner: Sendable {
    /// The smallest vocabulary: every byte, every byte that ends a word, and the two special tokens.
    public static let smallestVocabularySize = 514

    /// The number of different words so far.
    public var distinctWordCount: Int { counts.count }

    private var counts: [[UInt8]: Int] = [:]
    private let splitter: WordSplitter

    /// A learner that has seen nothing.
    public init() {
        let special = BPEVocabulary.huggingFaceSpecialTokens
        splitter = WordSplitter(specials: [(special.start, 0), (special.end, 1)])
    }

    /// Counts the words of a caption.
    ///
    /// - Parameter times: How often the caption occurs.
    public mutating func add(_ caption: String, times: Int = 1) {
        let text = TextCleaner.clean(caption)
        var position = 0
        while let word = splitter.next(in: text, at: &position) {
            guard case .text(let range) = word else { continue }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(range.count)
            for scalar in text[range] { UTF8Encoding.append(scalar, to: &bytes) }
            counts[bytes, default: 0] += times
        }
    }

    /// Learns merges until the vocabulary has the size that is asked for or no pair is left that is frequent enough, so
    /// that few captions give a smaller vocabulary.
    ///
    /// - Parameters:
    ///   - vocabularySize: 514 and the number of merges.
    ///   - minimumPairCount: How often two tokens must stand side by side to be merged.
    /// - Throws: `VocabularyError` for a size below 514.
    public func learn(vocabularySize: Int, minimumPairCount: Int = 2) throws -> BPEVocabulary {
        guard vocabularySize >= Self.smallestVocabularySize else {
            throw VocabularyError(
                expected: "a size of at least \(Self.smallestVocabularySize)", found: "\(vocabularySize)")
        }
        var pairs = PairCounts(words: counts)
        var tokens = ByteAlphabet.symbols
        var known = Set(tokens)
        var merges: [BPEVocabulary.Merge] = []
        while merges.count < vocabularySize - Self.smallestVocabularySize,
            let pair = pairs.popMostFrequent(minimum: minimumPairCount)
        {
            let merge = BPEVocabulary.Merge(left: tokens[Int(pair.left)], right: tokens[Int(pair.right)])
            // The same token by another way would have two ids: such a pair stays apart.
            guard known.insert(merge.left + merge.right).inserted else { continue }
            pairs.merge(pair, into: Int32(tokens.count))
            tokens.append(merge.left + merge.right)
            merges.append(merge)
        }
        return try BPEVocabulary(merges: merges)
    }
}
