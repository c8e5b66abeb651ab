/// CLIP's tokenizer: cleaning, splitting into words, byte-level BPE.
///
/// It gives the ids of open_clip's `SimpleTokenizer`, for texts that were decoded rightly: ftfy's repair of wrongly
/// decoded text is not done. Characters newer than the Unicode version of either side may differ.
///
/// ```swift
/// let tokenizer = try CLIPTokenizer(folder: modelFolder)
/// tokenizer.encode("Hello World!").ids  // [49406, 3306, 1002, 256, 49407]
/// ```
public struct CLIPTokenizer: Tokenizer {
    /// The tokens and merges.
    public let vocabulary: BPEVocabulary
    /// The number of positions of the text tower, start and end tokens included.
    public let contextLength: Int
    /// The id that fills a row of a batch behind the text's own tokens.
    public let paddingToken: Int32
    private let splitter: WordSplitter
    private let encoder: BytePairEncoder

    /// The number of ids.
    public var vocabularySize: Int { vocabulary.count }

    /// The id that begins every text.
    public var startOfText: Int32 { vocabulary.startOfText }

    /// The id that ends every text.
    public var endOfText: Int32 { vocabulary.endOfText }

    /// What fills a row behind the end-of-text token. The text tower is causal and reads its feature at that token, so
    /// that no choice changes a result.
    public enum Padding: Sendable, Hashable {
        /// Id 0, as OpenAI and open_clip do.
        case zero
        /// The end-of-text token again, as Hugging Face does.
        case endOfText
        /// Any id.
        case token(Int32)
    }

    /// A tokenizer over a vocabulary.
    ///
    /// - Parameter contextLength: The positions of the text tower; at least 2.
    public init(vocabulary: BPEVocabulary, contextLength: Int = 77, padding: Padding = .zero) {
        precondition(contextLength >= 2, "a context holds at least the start and the end token")
        self.vocabulary = vocabulary
        self.contextLength = contextLength
        paddingToken =
            switch padding {
            case .zero: 0
            case .endOfText: vocabulary.endOfText
            case .token(let id): id
            }
        splitter = WordSplitter(specials: [
            (vocabulary.tokens[Int(vocabulary.startOfText)], vocabulary.startOfText),
            (vocabulary.tokens[Int(vocabulary.endOfText)], vocabulary.endOfText),
        ])
        encoder = BytePairEncoder(vocabulary)
    }

    /// The ids of a text from start to end; its tail is cut where it does not fit.
    public func encode(_ text: String) -> TokenizedText {
        var ids = [vocabulary.startOfText]
        forEachToken(of: text) { tokens in
            ids.append(contentsOf: tokens)
            return ids.count < contextLength
        }
        let isTruncated = ids.count >= contextLength
        if isTruncated { ids.removeSubrange((contextLength - 1)...) }
        ids.append(vocabulary.endOfText)
        return TokenizedText(text: text, ids: ids, isTruncated: isTruncated)
    }

    /// Every token of a text, without start, end and limit.
    public func tokens(of text: String) -> [Int32] {
        var ids: [Int32] = []
        forEachToken(of: text) { tokens in
            ids.append(contentsOf: tokens)
            return true
        }
        return ids
    }

    /// Gives each word's tokens in turn, as long as the answer is true.
    private func forEachToken(of text: String, _ body: ([Int32]) -> Bool) {
        let scalars = TextCleaner.clean(text)
        var position = 0
        var word: [UInt8] = []
        var tokens: [Int32] = []
        while let next = splitter.next(in: scalars, at: &position) {
            tokens.removeAll(keepingCapacity: true)
            switch next {
            case .special(let id): tokens.append(id)
            case .text(let range):
                word.removeAll(keepingCapacity: true)
                for scalar in scalars[range] { UTF8Encoding.append(scalar, to: &word) }
                encoder.encode(word, into: &tokens)
            }
            if !body(tokens) { return }
        }
    }

    /// The text of token ids: words separated by single spaces, special tokens left out.
    ///
    /// Ids outside the vocabulary are passed over; bytes that are no UTF-8 become U+FFFD.
    public func decode(_ ids: some Sequence<Int32>) -> String {
        var bytes: [UInt8] = []
        for id in ids where id != startOfText && id != endOfText && vocabulary.tokens.indices.contains(Int(id)) {
            var token = Substring(vocabulary.tokens[Int(id)])
            let endsWord = token.hasSuffix(ByteAlphabet.endOfWord)
            if endsWord { token.removeLast(ByteAlphabet.endOfWord.count) }
            for scalar in token.unicodeScalars {
                if let byte = ByteAlphabet.byte(for: scalar) { bytes.append(byte) }
            }
            if endsWord { bytes.append(0x20) }
        }
        if bytes.last == 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
