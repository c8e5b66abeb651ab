/// Turns texts into the token ids that a text tower reads.
///
/// A tokenizer is a frozen value: any number of threads may call one at the same time.
public protocol Tokenizer: Sendable {
    /// The number of positions of the text tower, start and end tokens included.
    var contextLength: Int { get }

    /// The number of ids; every id that `encode` gives is below it.
    var vocabularySize: Int { get }

    /// The id that fills a row of a batch beside the text's own tokens.
    var paddingToken: Int32 { get }

    /// Whether a row is filled in front of the text's tokens or behind them.
    var paddingSide: PaddingSide { get }

    /// The ids of a text, at most `contextLength` of them and not padded.
    func encode(_ text: String) -> TokenizedText
}

/// Where a row is filled: a tower that reads its feature at the last position needs the text to be where it was trained
/// to find it.
public enum PaddingSide: Sendable, Hashable {
    case left, right
}

extension Tokenizer {
    /// Behind the text, as nearly all models have it.
    public var paddingSide: PaddingSide { .right }

    /// The ids of a text in a row of a length, filled up on the tokenizer's side.
    package func row(_ ids: [Int32], length: Int) -> [Int32] {
        let padding = repeatElement(paddingToken, count: length - ids.count)
        return paddingSide == .left ? padding + ids : ids + padding
    }

    /// Encodes texts into one block of memory, row-major `[texts.count, contextLength]`, each row padded.
    ///
    /// - Returns: The ids, and the positions of the texts that were cut because they are longer than the context.
    public func batch(_ texts: [String]) -> (ids: [Int32], truncated: [Int]) {
        var ids = [Int32](repeating: paddingToken, count: texts.count * contextLength)
        var truncated: [Int] = []
        for (row, text) in texts.enumerated() {
            let tokenized = encode(text)
            let indent = paddingSide == .left ? contextLength - tokenized.ids.count : 0
            let start = row * contextLength + indent
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
