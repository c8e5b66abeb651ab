internal import CLIPFiles
internal import Foundation

/// Turns a text into ids as a `tokenizer.json` of the library tokenizers says: added tokens, normalisers,
/// pre-tokenizers, model.
struct PieceSegmenter: Sendable {
    let model: PieceModel
    /// The ids before and behind every text.
    var start: [Int32] = []
    var end: [Int32] = []
    /// Where the file pads, if it says so.
    private(set) var paddingSide: PaddingSide?
    private(set) var addedTokens: [AddedTokens.Token]
    private let added: AddedTokens
    private let normalizers: [TextNormalizer]
    private let preTokenizers: [PreTokenizer]

    /// One more than the highest id.
    var count: Int { max(model.count, addedTokens.map { Int($0.id) + 1 }.max() ?? 0) }

    /// Reads a file as a class of transformers does.
    init(file: URL, for reader: TokenizerClass) throws {
        var fields = try JSONFields(file: file)
        do {
            try self.init(&fields, for: reader)
        } catch let error as VocabularyError {
            throw error.naming(file.path)
        }
    }

    private init(_ fields: inout JSONFields, for reader: TokenizerClass) throws {
        // How texts are decoded does not matter here, nor where the library would cut them by itself.
        for name in ["version", "decoder", "truncation"] { _ = fields.take(name) }
        let (normalizer, preTokenizer) = (fields.take("normalizer"), fields.take("pre_tokenizer"))
        model = try PieceModel(fields.required("model", fields.take("model")), for: reader)
        normalizers = reader.normalizers(try TextNormalizer.list(normalizer))
        preTokenizers = reader.preTokenizers(try PreTokenizer.list(preTokenizer))
        let tokens = try fields.array("added_tokens") ?? []
        let count = model.count + tokens.count
        addedTokens = try tokens.map { try AddedTokens.Token($0, below: count) }
        try Self.check(addedTokens, model)
        added = AddedTokens(addedTokens, normalizers: normalizers)
        if let padding = fields.take("padding") {
            paddingSide = padding["direction"]?.string == "Left" ? .left : .right
        }
        if let processor = fields.take("post_processor") { try readTemplate(processor) }
        try fields.finish()
    }

    private static func check(_ tokens: [AddedTokens.Token], _ model: PieceModel) throws {
        var seen: Set<Int32> = []
        for token in tokens {
            let id = model.id(of: token.content)
            guard id ?? token.id == token.id, id != nil || token.id >= model.count, seen.insert(token.id).inserted
            else {
                throw VocabularyError(
                    expected: "added tokens with ids of their own",
                    found: "\(token.content.quoted(40)) with \(token.id)")
            }
        }
    }

    /// The id of a token by its text.
    func id(of token: String) -> Int32? {
        addedTokens.first { $0.content == token }?.id ?? model.id(of: token)
    }

    /// The ids of a text's UTF-8, without those before and behind.
    func ids(of text: [UInt8]) -> [Int32] {
        var ids: [Int32] = []
        for part in added.parts(of: text, isNormalized: false) {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let range):
                appendNormalized(TextNormalizer.normalize(Array(text[range]), by: normalizers), &ids)
            }
        }
        return ids
    }

    private func appendNormalized(_ text: [UInt8], _ ids: inout [Int32]) {
        for part in added.parts(of: text, isNormalized: true) {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let range):
                for word in PreTokenizer.words(of: Array(text[range]), by: preTokenizers) {
                    model.append(word, to: &ids)
                }
            }
        }
    }
}

// MARK: What comes before and behind a text

extension PieceSegmenter {
    private mutating func readTemplate(_ json: JSON) throws {
        var fields = try JSONFields(json, at: "post_processor")
        let type = try fields.required("type", fields.string("type"))
        guard type == "TemplateProcessing" else {
            throw VocabularyError(
                expected: "a known post-processor", found: "\(type.quoted(40)), which is not implemented")
        }
        let single = try fields.required("single", fields.array("single"))
        let specials = fields.take("special_tokens")
        _ = fields.take("pair")
        try fields.finish()
        var isBehindText = false
        for item in single {
            if item["Sequence"]?["id"]?.string == "A", !isBehindText {
                isBehindText = true
            } else {
                let ids = try specialIDs(item, specials)
                if isBehindText { end += ids } else { start += ids }
            }
        }
        guard isBehindText else { throw VocabularyError(expected: "a sequence A in the template", found: "none") }
    }

    private func specialIDs(_ item: JSON, _ specials: JSON?) throws -> [Int32] {
        guard let name = item["SpecialToken"]?["id"]?.string else {
            throw VocabularyError(
                expected: "one sequence A and special tokens in the template",
                found: item.members?.first?.name.quoted(40) ?? item.kind)
        }
        let ids = specials?[name]?["ids"]?.array?.compactMap(\.integer) ?? []
        guard (1...8).contains(ids.count), ids.allSatisfy((0..<count).contains) else {
            throw VocabularyError(expected: "ids below \(count) for \(name.quoted(40))", found: "\(ids.prefix(8))")
        }
        return ids.map(Int32.init)
    }
}
