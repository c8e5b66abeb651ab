public import Foundation

extension CLIPTokenizer {
    /// The context of OpenAI's models, taken where a folder names none.
    public static let defaultContextLength = 77

    /// Opens the tokenizer of a model folder; see `BPEVocabulary.init(folder:)` for the files.
    ///
    /// - Parameters:
    ///   - folder: A Hugging Face or open_clip folder.
    ///   - contextLength: The positions of the text tower; nil takes `model_max_length` of `tokenizer_config.json`, or 77.
    /// - Throws: `VocabularyError` naming the file.
    public init(folder: URL, contextLength: Int? = nil) throws {
        let vocabulary = try BPEVocabulary(folder: folder)
        let settings = try TokenizerSettings(folder: folder)
        let length = contextLength ?? settings.plausibleContextLength ?? Self.defaultContextLength
        guard length >= 2 else {
            throw VocabularyError(file: folder.path, expected: "a context of at least 2 tokens", found: "\(length)")
        }
        let padding = settings.padding.flatMap { vocabulary.tokens.firstIndex(of: $0.content) }
        self.init(
            vocabulary: vocabulary, contextLength: length, padding: padding.map { .token(Int32($0)) } ?? .zero)
    }
}

extension TokenizerSettings {
    /// The context length, unless it stands for "none" (Hugging Face writes 10³⁰) or makes no sense.
    fileprivate var plausibleContextLength: Int? {
        contextLength.flatMap { (2...65_536).contains($0) ? Int($0) : nil }
    }
}
