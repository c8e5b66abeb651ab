public import Foundation

extension BPEVocabulary {
    /// Writes `vocab.json`, `merges.txt`, `tokenizer_config.json` and `special_tokens_map.json` into a folder, as
    /// `transformers.CLIPTokenizer.from_pretrained` opens them. Each file is written beside and renamed.
    ///
    /// The special tokens get Hugging Face's names, whatever they were called.
    ///
    /// - Parameters:
    ///   - folder: The folder, which must be there.
    ///   - contextLength: The positions of the text tower, start and end included.
    /// - Throws: `VocabularyError` naming the file that could not be written.
    public func save(to folder: URL, contextLength: Int = 77) throws {
        try VocabularyFile.write(vocabularyJSON(), to: folder.appending(path: "vocab.json"))
        try VocabularyFile.write(MergesText.text(merges), to: folder.appending(path: "merges.txt"))
        try VocabularyFile.write(
            Self.tokenizerConfiguration(contextLength: contextLength),
            to: folder.appending(path: "tokenizer_config.json"))
        try VocabularyFile.write(Self.specialTokensMap, to: folder.appending(path: "special_tokens_map.json"))
    }

    private func vocabularyJSON() -> String {
        let special = Self.huggingFaceSpecialTokens
        let entries = tokens.enumerated().map { id, token in
            let name = id == Int(startOfText) ? special.start : id == Int(endOfText) ? special.end : token
            return "\(Self.quoted(name)): \(id)"
        }
        return "{\(entries.joined(separator: ", "))}\n"
    }

    /// A JSON string; JSON asks for no escapes but those of quotes, backslashes and ASCII controls.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}":
                result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func tokenizerConfiguration(contextLength: Int) -> String {
        let special = huggingFaceSpecialTokens
        return """
            {
              "tokenizer_class": "CLIPTokenizer",
              "add_prefix_space": false,
              "bos_token": "\(special.start)",
              "do_lower_case": true,
              "eos_token": "\(special.end)",
              "errors": "replace",
              "model_max_length": \(contextLength),
              "pad_token": "\(special.end)",
              "unk_token": "\(special.end)"
            }

            """
    }

    private static var specialTokensMap: String {
        let special = huggingFaceSpecialTokens
        return """
            {
              "bos_token": "\(special.start)",
              "eos_token": "\(special.end)",
              "pad_token": "\(special.end)",
              "unk_token": "\(special.end)"
            }

            """
    }
}
