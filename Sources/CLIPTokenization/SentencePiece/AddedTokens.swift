internal import CLIPFiles

/// The tokens that are found in a text before the model sees it, as `added_tokens` of a `tokenizer.json` lists them.
struct AddedTokens: Sendable {
    /// A token and what it takes with it.
    struct Token: Sendable, Hashable {
        var id: Int32
        var content: String
        /// Whether white space before, and behind, belongs to the token.
        var takesSpaceBefore = false
        var takesSpaceBehind = false
        /// Whether it is looked for in the normalised text, and not in the text as it was given.
        var isNormalized = false
    }

    /// A part of a text.
    enum Part: Equatable {
        case token(Int32)
        case text(Range<Int>)
    }

    private let tokens: [Token]
    private let raw: PieceTrie?
    private let normalized: PieceTrie?

    init(_ tokens: [Token], normalizers: [TextNormalizer]) {
        self.tokens = tokens
        func trie(_ isNormalized: Bool) -> PieceTrie? {
            // The trie's ids are places in the list, where the token's properties are.
            let pieces = tokens.enumerated().filter { $1.isNormalized == isNormalized }.map { place, token in
                let bytes = Array(token.content.utf8)
                let content = isNormalized ? TextNormalizer.normalize(bytes, by: normalizers) : bytes
                return (bytes: content, id: Int32(place))
            }
            let found = pieces.filter { !$0.bytes.isEmpty }
            return found.isEmpty ? nil : PieceTrie(found)
        }
        raw = trie(false)
        normalized = trie(true)
    }

    /// The tokens and the texts between them, from left to right; of tokens that begin together the longest.
    func parts(of text: [UInt8], isNormalized: Bool) -> [Part] {
        guard let trie = isNormalized ? normalized : raw else { return text.isEmpty ? [] : [.text(text.indices)] }
        var parts: [Part] = []
        var (start, position) = (0, 0)
        while position < text.count {
            guard let found = trie.longestPrefix(of: text, from: position, to: text.count) else {
                position += 1
                continue
            }
            let token = tokens[Int(found.id)]
            let before = token.takesSpaceBefore ? max(start, Self.startOfSpace(before: position, in: text)) : position
            if start < before { parts.append(.text(start..<before)) }
            parts.append(.token(token.id))
            start = token.takesSpaceBehind ? Self.endOfSpace(from: found.end, in: text) : found.end
            position = max(found.end, start)
        }
        if start < text.count { parts.append(.text(start..<text.count)) }
        return parts
    }

    private static func startOfSpace(before end: Int, in text: [UInt8]) -> Int {
        var start = end
        while start > 0 {
            var first = start - 1
            while first > 0, text[first] & 0xC0 == 0x80 { first -= 1 }
            guard isSpace(text[first..<start]) else { break }
            start = first
        }
        return start
    }

    private static func endOfSpace(from start: Int, in text: [UInt8]) -> Int {
        var end = start
        while end < text.count {
            let next = UTF8Encoding.end(of: text, from: end)
            guard isSpace(text[end..<next]) else { break }
            end = next
        }
        return end
    }

    private static func isSpace(_ character: ArraySlice<UInt8>) -> Bool {
        String(decoding: character, as: UTF8.self).unicodeScalars.first?.properties.isWhitespace == true
    }
}

extension AddedTokens.Token {
    /// A token of the list; its id is checked against the number of ids there can be.
    init(_ json: JSON, below count: Int) throws {
        var fields = try JSONFields(json, at: "added_tokens")
        content = try fields.required("content", fields.string("content"))
        let id = try fields.required("id", fields.integer("id"))
        guard !content.isEmpty, content.utf8.count < SentencePieceModel.longestPiece, (0..<count).contains(id) else {
            throw VocabularyError(
                expected: "added tokens with a text and an id below \(count)", found: "\(content.quoted(40)) with \(id)"
            )
        }
        self.id = Int32(id)
        takesSpaceBefore = try fields.bool("lstrip", default: false)
        takesSpaceBehind = try fields.bool("rstrip", default: false)
        isNormalized = try fields.bool("normalized", default: true)
        guard try !fields.bool("single_word", default: false) else {
            throw fields.unknown("tokens within words", "single_word")
        }
        _ = fields.take("special")
        try fields.finish()
    }
}
