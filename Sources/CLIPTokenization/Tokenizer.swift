/// Turns texts into the token ids that a text tower reads.
///
/// A tokenizer is a frozen value: any number of threads may call one at the same time.
public protocol Tokenizer: Sendable {
    /// The number of positions of the text tower, start and end tokens included.
    var contextLength: Int { get }

    /// The number of ids; every id that `encode` gives is below it.
    var vocabularySize: Int { get }

    /// The id that fills a row of a batch behind the text's own tokens.
    var paddingToken: Int32 { get }

    /// The ids of a text, at most `contextLength` of them and not padded.
    func encode(_ text: String) -> TokenizedText
}

extension Tokenizer {
    /// Encodes texts into one block of memory, row-major `[texts.count, contextLength]`, each row padded.
    ///
    /// - Returns: The ids, and the positions of the texts that were cut because they are longer than the context.
    public func batch(_ texts: [String]) -> (ids: [Int32], truncated: [Int]) {
        var ids = [Int32](repeating: paddingToken, count: texts.count * contextLength)
        var truncated: [Int] = []
        for (row, text) in texts.enumerated() {
            let tokenized = encode(text)
            let start = row * contextLength
            ids.replaceSubrange(start..<start + tokenized.ids.count, with: tokenized.ids)
            if tokenized.isTruncated { truncated.append(row) }
        }
        return (ids, truncated)
    }
}

/// A text and its token ids.
public struct TokenizedText: Sendable, Hashable {
    /// The text as it was given.
    public let text: String

    /// The ids from start-of-text to end-of-text, not padded, at most the tokenizer's context length of them.
    public let ids: [Int32]

    /// Whether the text had more tokens than fit: then its tail is missing and the last id is still end-of-text.
    public let isTruncated: Bool

    /// Puts a text beside its ids.
    public init(text: String, ids: [Int32], isTruncated: Bool) {
        self.text = text
        self.ids = ids
        self.isTruncated = isTruncated
    }
}
