internal import CLIPFiles

/// A pre-tokenizer of a `tokenizer.json`: it cuts a normalised text into the words that the model sees one by one.
enum PreTokenizer: Sendable {
    /// Cuts at white space, which goes.
    case whitespaceSplit
    /// A replaced space begins a word; each text begins with one if `prepends`.
    case metaspace(replacement: [UInt8], prepends: Bool, splits: Bool)
    /// Cuts at a text.
    case split([UInt8], Behavior)

    /// Where the text that was found goes.
    enum Behavior: String, Sendable {
        case removed = "Removed"
        case isolated = "Isolated"
        case mergedWithPrevious = "MergedWithPrevious"
        case mergedWithNext = "MergedWithNext"
    }

    /// The words of a text.
    static func words(of text: [UInt8], by preTokenizers: [PreTokenizer]) -> [[UInt8]] {
        preTokenizers.reduce([text].filter { !$0.isEmpty }) { words, preTokenizer in
            words.flatMap { preTokenizer.cut($0) }.filter { !$0.isEmpty }
        }
    }

    private func cut(_ word: [UInt8]) -> [[UInt8]] {
        switch self {
        case .whitespaceSplit: Self.splitAtSpace(word)
        case .split(let text, let behavior): Self.split(word, at: text, behavior)
        case .metaspace(let replacement, let prepends, let splits):
            Self.cutAtMetaspace(word, replacement, prepends: prepends, splits: splits)
        }
    }

    private static func splitAtSpace(_ word: [UInt8]) -> [[UInt8]] {
        let scalars = String(decoding: word, as: UTF8.self).unicodeScalars
        return scalars.split { $0.properties.isWhitespace }.map { Array(String($0).utf8) }
    }

    private static func cutAtMetaspace(
        _ word: [UInt8], _ replacement: [UInt8], prepends: Bool, splits: Bool
    ) -> [[UInt8]] {
        var text: [UInt8] = []
        text.reserveCapacity(word.count + word.count / 4)
        for byte in word {
            if byte == 0x20 { text.append(contentsOf: replacement) } else { text.append(byte) }
        }
        if prepends, !text.starts(with: replacement) { text.insert(contentsOf: replacement, at: 0) }
        return splits ? split(text, at: replacement, .mergedWithNext) : [text]
    }

    private static func split(_ word: [UInt8], at text: [UInt8], _ behavior: Behavior) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var (start, position) = (0, 0)
        while position < word.count {
            guard word[position...].starts(with: text) else {
                position += 1
                continue
            }
            let end = position + text.count
            let cuts: [Int] =
                switch behavior {
                case .removed, .isolated: [position, end]
                case .mergedWithPrevious: [end]
                case .mergedWithNext: [position]
                }
            for cut in cuts {
                if cut != end || behavior != .removed { parts.append(Array(word[start..<cut])) }
                start = cut
            }
            position = end
        }
        parts.append(Array(word[start...]))
        return parts
    }
}

extension PreTokenizer {
    /// The pre-tokenizers of a `tokenizer.json`, in their order.
    ///
    /// - Throws: `VocabularyError` for one that is not implemented, by its name.
    static func list(_ json: JSON?, depth: Int = 0) throws -> [PreTokenizer] {
        guard let json, json != .null else { return [] }
        var fields = try JSONFields(json, at: "pre_tokenizer")
        let type = try fields.required("type", fields.string("type"))
        guard type == "Sequence" else { return [try one(type, json)] }
        let parts = try fields.required("pretokenizers", fields.array("pretokenizers"))
        try fields.finish()
        guard depth < 8, parts.count <= 64 else {
            throw VocabularyError(expected: "at most 64 pre-tokenizers in 8 levels", found: "more")
        }
        return try parts.flatMap { try list($0, depth: depth + 1) }
    }

    private static func one(_ type: String, _ json: JSON) throws -> PreTokenizer {
        var fields = try JSONFields(json, at: "pre_tokenizer.\(type.prefix(40))")
        _ = fields.take("type")
        let preTokenizer: PreTokenizer
        switch type {
        case "WhitespaceSplit": preTokenizer = .whitespaceSplit
        case "Metaspace": preTokenizer = try metaspace(&fields)
        case "Split": preTokenizer = try split(&fields)
        default:
            throw VocabularyError(
                expected: "a known pre-tokenizer", found: "\(type.quoted(40)), which is not implemented")
        }
        try fields.finish()
        return preTokenizer
    }

    private static func metaspace(_ fields: inout JSONFields) throws -> PreTokenizer {
        let replacement = try fields.string("replacement") ?? "▁"
        _ = fields.take("str_rep")
        guard replacement.unicodeScalars.count == 1 else { throw fields.unknown("one character", replacement) }
        let addsSpace = try fields.bool("add_prefix_space", default: true)
        let scheme = try fields.string("prepend_scheme") ?? (addsSpace ? "always" : "never")
        guard scheme == "never" || scheme == "always" && addsSpace else {
            throw fields.unknown("a prepend_scheme of always or never", scheme)
        }
        return .metaspace(
            replacement: Array(replacement.utf8), prepends: scheme == "always",
            splits: try fields.bool("split", default: true))
    }

    private static func split(_ fields: inout JSONFields) throws -> PreTokenizer {
        let json = try fields.required("pattern", fields.take("pattern"))
        var pattern = try JSONFields(json, at: "\(fields.place).pattern")
        let text = try pattern.required("String", pattern.string("String"))
        try pattern.finish()
        guard (1...64).contains(text.utf8.count) else { throw pattern.unknown("a text of 1 to 64 bytes", text) }
        let name = try fields.required("behavior", fields.string("behavior"))
        guard let behavior = Behavior(rawValue: name) else { throw fields.unknown("a known behavior", name) }
        guard try !fields.bool("invert", default: false) else { throw fields.unknown("a pattern as it is", "invert") }
        return .split(Array(text.utf8), behavior)
    }
}
