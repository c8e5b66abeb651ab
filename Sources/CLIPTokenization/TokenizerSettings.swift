internal import Foundation

/// What a Hugging Face folder says about its tokenizer beside the vocabulary: `tokenizer_config.json` and
/// `special_tokens_map.json`.
struct TokenizerSettings: Decodable {
    var startOfText: SpecialToken?
    var endOfText: SpecialToken?
    var unknown: SpecialToken?
    var padding: SpecialToken?
    var contextLength: Double?

    enum CodingKeys: String, CodingKey {
        case startOfText = "bos_token"
        case endOfText = "eos_token"
        case unknown = "unk_token"
        case padding = "pad_token"
        case contextLength = "model_max_length"
    }

    /// A special token, written as a string or as an object that holds one.
    struct SpecialToken: Decodable {
        let content: String

        init(from decoder: any Decoder) throws {
            if let string = try? decoder.singleValueContainer().decode(String.self) {
                content = string
            } else {
                content = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .content)
            }
        }

        private enum CodingKeys: String, CodingKey {
            case content
        }
    }

    /// Reads the settings of a folder; what is not there stays nil.
    init(folder: URL) throws {
        for name in ["tokenizer_config.json", "special_tokens_map.json"] {
            let file = folder.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            let settings = try VocabularyFile.decode(
                TokenizerSettings.self, from: file, expected: "the settings of a tokenizer")
            startOfText = startOfText ?? settings.startOfText
            endOfText = endOfText ?? settings.endOfText
            unknown = unknown ?? settings.unknown
            padding = padding ?? settings.padding
            contextLength = contextLength ?? settings.contextLength
        }
    }

    /// The start and end token of a vocabulary: those that are set, else the usual names that it has.
    func specialTokens(in tokens: some Collection<String>) -> (start: String, end: String) {
        let usual = BPEVocabulary.huggingFaceSpecialTokens
        let other = BPEVocabulary.openCLIPSpecialTokens
        let present = !tokens.contains(usual.start) && tokens.contains(other.start) ? other : usual
        return (startOfText?.content ?? present.start, endOfText?.content ?? present.end)
    }
}
