internal import CLIPFiles
internal import Foundation

/// What a folder says about its tokenizer beside the pieces: `tokenizer_config.json`, `special_tokens_map.json`,
/// `config.json` and `open_clip_config.json`.
struct SentencePieceSettings {
    private(set) var reader = TokenizerClass.generic
    private(set) var start: String?
    private(set) var end: String?
    private(set) var unknown: String?
    private(set) var padding: String?
    private(set) var paddingSide: PaddingSide?
    private(set) var contextLength: Int?
    private(set) var canonicalization = TextCanonicalization.none
    /// `do_lower_case`.
    private(set) var lowercases: Bool?
    /// `add_bos_token` and `add_eos_token`, which matter where there is no `tokenizer.json` with a template.
    private(set) var addsStart = false
    private(set) var addsEnd = false
    private(set) var choosesFrame = false
    /// `added_tokens_decoder`.
    private(set) var addedTokens: [AddedTokens.Token] = []

    /// Ids of added tokens beyond this are a mistake.
    private static let idLimit = 1 << 24

    init(_ files: FolderFiles) throws {
        if let file = files.existing("tokenizer_config.json") {
            try Self.naming(file) { try readConfiguration(&$0) }
        }
        if let file = files.existing("special_tokens_map.json") {
            try Self.naming(file) { try readSpecials(&$0) }
        }
        var modelType: String?
        if let file = files.existing("config.json") {
            try Self.naming(file) { fields in
                modelType = try fields.string("model_type")
                contextLength = fields.take("text_config")?["max_position_embeddings"]?.integer ?? contextLength
            }
        }
        if let file = files.existing("open_clip_config.json") {
            try Self.naming(file) { try readOpenCLIP(&$0) }
        }
        reader = TokenizerClass(named: className, modelType: modelType)
        if reader == .siglip2 || reader == .gemma {
            (start, end) = (start ?? "<bos>", end ?? "<eos>")
            (unknown, padding) = (unknown ?? "<unk>", padding ?? "<pad>")
        }
    }

    private var className: String?

    private static func naming(_ file: URL, _ body: (inout JSONFields) throws -> Void) throws {
        var fields = try JSONFields(file: file)
        do {
            try body(&fields)
        } catch let error as VocabularyError {
            throw error.naming(file.path)
        }
    }

    private mutating func readConfiguration(_ fields: inout JSONFields) throws {
        className = try fields.string("tokenizer_class")
        lowercases = fields.take("do_lower_case").map { $0.bool ?? true }
        let (start, end) = (fields.take("add_bos_token"), fields.take("add_eos_token"))
        (addsStart, addsEnd, choosesFrame) = (start?.bool ?? false, end?.bool ?? false, start != nil || end != nil)
        paddingSide = try fields.string("padding_side").map { $0 == "left" ? .left : .right }
        if let side = try fields.string("truncation_side"), side != "right" {
            throw fields.unknown("a truncation_side of right", side)
        }
        if let length = fields.take("model_max_length")?.integer, (2...65_536).contains(length) {
            contextLength = length
        }
        for member in fields.take("added_tokens_decoder")?.members ?? [] {
            addedTokens.append(try Self.addedToken(member))
        }
        try readSpecials(&fields)
    }

    private static func addedToken(_ member: JSON.Member) throws -> AddedTokens.Token {
        guard let members = member.value.members, let id = Int(member.name) else {
            throw VocabularyError(expected: "ids and tokens in added_tokens_decoder", found: member.name.quoted(40))
        }
        let named = members.filter { $0.name != "id" && $0.name != "__type" } + [JSON.Member("id", .integer(id))]
        return try AddedTokens.Token(.object(named), below: idLimit)
    }

    private mutating func readSpecials(_ fields: inout JSONFields) throws {
        func token(_ name: String) throws -> String? {
            try fields.take(name).map { value in
                guard let content = value.string ?? value["content"]?.string else {
                    throw fields.wrong(name, "a token", value)
                }
                return content
            }
        }
        start = try start ?? token("bos_token")
        end = try end ?? token("eos_token")
        unknown = try unknown ?? token("unk_token")
        padding = try padding ?? token("pad_token")
    }

    private mutating func readOpenCLIP(_ fields: inout JSONFields) throws {
        let text = (fields.take("model_cfg") ?? .null)["text_cfg"] ?? .null
        contextLength = text["context_length"]?.integer ?? contextLength
        let options = text["tokenizer_kwargs"] ?? .null
        let name = options["clean"]?.string ?? "whitespace"
        guard let clean = TextCanonicalization(openCLIP: name) else {
            throw VocabularyError(expected: "a clean of whitespace, lower or canonicalize", found: name.quoted(40))
        }
        for other in ["strip_sep_token", "tokenizer_mode", "language"] {
            guard let value = options[other], value != .null, value != false, value != "" else { continue }
            throw VocabularyError(expected: "no \(other) in tokenizer_kwargs", found: "one, which is not implemented")
        }
        canonicalization = clean
    }

    /// The tokens that `SiglipTokenizer` finds in a text: those of the file, else its own with the white space around.
    func specials(in model: SentencePieceModel) -> [AddedTokens.Token] {
        var tokens = addedTokens
        for name in [end ?? "</s>", unknown ?? "<unk>", padding ?? "</s>"] {
            guard !tokens.contains(where: { $0.content == name }), let id = model.id(of: name) else { continue }
            tokens.append(
                AddedTokens.Token(id: id, content: name, takesSpaceBefore: true, takesSpaceBehind: true))
        }
        return tokens.map { token in
            var token = token
            token.isNormalized = false
            return token
        }
    }
}
