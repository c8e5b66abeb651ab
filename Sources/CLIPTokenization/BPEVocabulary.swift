/// A byte-level BPE vocabulary: the tokens by id, and the merges by rank.
///
/// A vocabulary is checked when it is made: every merge joins two tokens into a third one, so that a tokenizer built on
/// it cannot fail.
public struct BPEVocabulary: Sendable, Hashable {
    /// The tokens; the position is the id. Bytes are written in printable characters, the last token of a word ends in
    /// `</w>`.
    public let tokens: [String]

    /// The id that begins every text.
    public let startOfText: Int32

    /// The id that ends every text, at whose position a text tower reads its feature.
    public let endOfText: Int32

    /// The id for a byte that the vocabulary lacks. A complete one has all 256 bytes and never uses it.
    public let unknown: Int32

    /// The merges as ids, by rank.
    package let mergeIDs: [MergeIDs]

    /// For each byte, its id; then for each byte that ends a word, its id.
    package let byteIDs: [Int32]

    /// Two tokens next to each other and the one that replaces them.
    package struct MergeIDs: Sendable, Hashable {
        package let left: Int32
        package let right: Int32
        package let result: Int32
    }

    /// Two tokens that become one where they stand next to each other.
    public struct Merge: Sendable, Hashable {
        /// The first token, such as `th`.
        public let left: String
        /// The second token, such as `e</w>`.
        public let right: String

        /// A merge of two tokens into their concatenation.
        public init(left: String, right: String) {
            self.left = left
            self.right = right
        }
    }

    /// The number of ids.
    public var count: Int { tokens.count }

    /// The merges by rank: lower ranks are done first.
    public var merges: [Merge] {
        mergeIDs.map { Merge(left: tokens[Int($0.left)], right: tokens[Int($0.right)]) }
    }

    /// A vocabulary in the order of OpenAI's: bytes, bytes that end a word, one token a merge, start, end.
    ///
    /// - Parameters:
    ///   - merges: The merges by rank.
    ///   - specialTokens: How the start and the end token are written.
    /// - Throws: `VocabularyError` where a merge uses a token that no earlier line makes, or makes one that is there.
    public init(
        merges: [Merge], specialTokens: (start: String, end: String) = BPEVocabulary.huggingFaceSpecialTokens
    ) throws {
        let tokens =
            ByteAlphabet.symbols + merges.map { $0.left + $0.right } + [specialTokens.start, specialTokens.end]
        try self.init(
            tokens: tokens, merges: merges, startOfText: specialTokens.start, endOfText: specialTokens.end)
    }

    /// A vocabulary with ids of its own.
    ///
    /// - Parameters:
    ///   - tokens: The tokens by id, each once.
    ///   - merges: The merges by rank.
    ///   - startOfText: The token that begins every text; must be among `tokens`.
    ///   - endOfText: The token that ends every text; must be among `tokens`.
    ///   - unknown: The token for bytes that `tokens` lacks; the end token when nil.
    /// - Throws: `VocabularyError` where tokens repeat or a merge uses or makes a token that is not among them.
    public init(
        tokens: [String], merges: [Merge], startOfText: String, endOfText: String, unknown: String? = nil
    ) throws {
        let ids = try Self.index(tokens)
        func special(_ token: String, _ role: String) throws -> Int32 {
            guard let id = ids[token] else {
                throw VocabularyError(expected: "the \(role) token \"\(token)\"", found: "none of that name")
            }
            return id
        }
        self.tokens = tokens
        self.startOfText = try special(startOfText, "start-of-text")
        self.endOfText = try special(endOfText, "end-of-text")
        let unknownID = try unknown.map { try special($0, "unknown") } ?? self.endOfText
        self.unknown = unknownID
        mergeIDs = try Self.resolve(merges, in: ids)
        let bytes = ByteAlphabet.scalars.map { String(Character($0)) }
        byteIDs = (bytes + bytes.map { $0 + ByteAlphabet.endOfWord }).map { ids[$0] ?? unknownID }
    }

    /// How Hugging Face and OpenAI write the special tokens.
    public static let huggingFaceSpecialTokens = (start: "<|startoftext|>", end: "<|endoftext|>")

    /// How open_clip writes the special tokens.
    public static let openCLIPSpecialTokens = (start: "<start_of_text>", end: "<end_of_text>")

    private static func index(_ tokens: [String]) throws -> [String: Int32] {
        guard tokens.count <= 1 << 24 else {
            throw VocabularyError(expected: "at most \(1 << 24) tokens", found: "\(tokens.count)")
        }
        var ids = [String: Int32](minimumCapacity: tokens.count)
        for (id, token) in tokens.enumerated() {
            if let first = ids.updateValue(Int32(id), forKey: token) {
                throw VocabularyError(
                    expected: "each token once", found: "\"\(token)\" as id \(first) and as id \(id)")
            }
        }
        return ids
    }

    private static func resolve(_ merges: [Merge], in ids: [String: Int32]) throws -> [MergeIDs] {
        try merges.enumerated().map { rank, merge in
            func id(_ token: String) throws -> Int32 {
                guard let id = ids[token] else {
                    throw VocabularyError(
                        expected: "merge \(rank + 1) (\"\(merge.left) \(merge.right)\") to join and make known tokens",
                        found: "no token \"\(token)\"")
                }
                return id
            }
            return MergeIDs(
                left: try id(merge.left), right: try id(merge.right), result: try id(merge.left + merge.right))
        }
    }
}
