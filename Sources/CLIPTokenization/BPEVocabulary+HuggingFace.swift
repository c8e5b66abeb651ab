public import Foundation

extension BPEVocabulary {
    /// Reads the vocabulary of a model folder: `vocab.json` with `merges.txt`, else `tokenizer.json`, else
    /// `bpe_simple_vocab_16e6.txt.gz`.
    ///
    /// - Throws: `VocabularyError` naming the file, or the folder where it has none of them.
    public init(folder: URL) throws {
        func existing(_ name: String) -> URL? {
            let file = folder.appending(path: name)
            return FileManager.default.fileExists(atPath: file.path) ? file : nil
        }
        if let vocabulary = existing("vocab.json"), let merges = existing("merges.txt") {
            try self.init(vocabulary: vocabulary, merges: merges)
        } else if let tokenizer = existing("tokenizer.json") {
            try self.init(tokenizer: tokenizer)
        } else if let packed = existing("bpe_simple_vocab_16e6.txt.gz") {
            try self.init(openAI: packed)
        } else {
            throw VocabularyError(
                file: folder.path,
                expected: "a folder with vocab.json and merges.txt, tokenizer.json or bpe_simple_vocab_16e6.txt.gz",
                found: FileManager.default.fileExists(atPath: folder.path) ? "none of them" : "no such folder")
        }
    }

    /// Reads Hugging Face's pair of files; `tokenizer_config.json` and `special_tokens_map.json` beside them may name
    /// the special tokens.
    ///
    /// - Throws: `VocabularyError` naming the file.
    public init(vocabulary: URL, merges: URL) throws {
        let ids = try VocabularyFile.decode(
            [String: Int].self, from: vocabulary, expected: "an object of tokens and their ids")
        let text = try VocabularyFile.read(merges)
        let lines: [Merge]
        do {
            lines = try MergesText.parse(Array(text))
        } catch let error as VocabularyError {
            throw error.naming(merges.path)
        }
        guard !lines.isEmpty || ids.count <= VocabularyLearner.smallestVocabularySize else {
            throw VocabularyError(
                file: merges.path, expected: "the merges that make \(ids.count) tokens", found: "none")
        }
        let folder = vocabulary.deletingLastPathComponent()
        try self.init(ids: ids, merges: lines, settings: TokenizerSettings(folder: folder), file: vocabulary)
    }

    /// Reads a `tokenizer.json` that holds a BPE model of CLIP's kind.
    ///
    /// - Throws: `VocabularyError` naming the file.
    public init(tokenizer: URL) throws {
        let content = try VocabularyFile.decode(
            TokenizerJSON.self, from: tokenizer, expected: "a tokenizer with a BPE model")
        guard content.model.type ?? "BPE" == "BPE", content.model.endOfWordSuffix == ByteAlphabet.endOfWord else {
            let suffix = content.model.endOfWordSuffix.map { "\"\($0)\"" } ?? "none"
            throw VocabularyError(
                file: tokenizer.path, expected: "a BPE model whose words end in \"\(ByteAlphabet.endOfWord)\"",
                found: "the type \(content.model.type ?? "BPE") with the end \(suffix)")
        }
        var settings = try TokenizerSettings(folder: tokenizer.deletingLastPathComponent())
        settings.unknown = settings.unknown ?? content.model.unknown
        var ids = content.model.vocabulary
        for token in content.addedTokens ?? [] { ids[token.content] = token.id }
        try self.init(ids: ids, merges: content.model.merges.map(\.merge), settings: settings, file: tokenizer)
    }

    private init(ids: [String: Int], merges: [Merge], settings: TokenizerSettings, file: URL) throws {
        do {
            let specials = settings.specialTokens(in: ids.keys)
            let unknown = settings.unknown.flatMap { ids[$0.content] == nil ? nil : $0.content }
            try self.init(
                tokens: Self.order(ids), merges: merges, startOfText: specials.start, endOfText: specials.end,
                unknown: unknown)
        } catch let error as VocabularyError {
            throw error.naming(file.path)
        }
    }

    /// The tokens in the order of their ids, which must be 0, 1, 2, …
    private static func order(_ ids: [String: Int]) throws -> [String] {
        var tokens = [String?](repeating: nil, count: ids.count)
        for (token, id) in ids {
            guard tokens.indices.contains(id), tokens[id] == nil else {
                let fault = tokens.indices.contains(id) ? "twice" : "outside"
                throw VocabularyError(
                    expected: "each id of 0…\(ids.count - 1) once", found: "\(id) \(fault) (\"\(token)\")")
            }
            tokens[id] = token
        }
        return tokens.compactMap(\.self)
    }
}

/// The parts of a `tokenizer.json` that matter here.
private struct TokenizerJSON: Decodable {
    let model: Model
    let addedTokens: [AddedToken]?

    enum CodingKeys: String, CodingKey {
        case model
        case addedTokens = "added_tokens"
    }

    struct Model: Decodable {
        let type: String?
        let vocabulary: [String: Int]
        let merges: [Pair]
        let endOfWordSuffix: String?
        let unknown: TokenizerSettings.SpecialToken?

        enum CodingKeys: String, CodingKey {
            case type, merges
            case vocabulary = "vocab"
            case endOfWordSuffix = "end_of_word_suffix"
            case unknown = "unk_token"
        }
    }

    struct AddedToken: Decodable {
        let id: Int
        let content: String
    }

    /// A merge, written as `"a b"` or as `["a", "b"]`.
    struct Pair: Decodable {
        let merge: BPEVocabulary.Merge

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let parts =
                if let line = try? container.decode(String.self) {
                    line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
                } else {
                    try container.decode([String].self)
                }
            guard parts.count == 2 else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "a merge of \(parts.count) tokens in place of 2")
            }
            merge = BPEVocabulary.Merge(left: parts[0], right: parts[1])
        }
    }
}
