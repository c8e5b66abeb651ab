internal import CLIPFiles
internal import CLIPModels
public import CLIPTokenization
package import Foundation

extension ModelFolder {
    /// The tokenizer for the text tower: byte pairs, or SentencePiece where the folder has that.
    ///
    /// Throws `VocabularyError` where the folder has no vocabulary or a damaged one, `FileError` where its ids do not fit
    /// the text tower.
    public func tokenizer() throws -> any Tokenizer {
        guard usesSentencePiece else { return try bytePairTokenizer() }
        let tokenizer = try sentencePieceTokenizer()
        try check(tokenizer.vocabularySize)
        return tokenizer
    }

    /// The tokenizer of a model whose vocabulary is CLIP's pairs of bytes.
    public func bytePairTokenizer() throws -> CLIPTokenizer {
        let text = configuration.text
        let tokenizer = try CLIPTokenizer(folder: vocabularyFolder, contextLength: text.contextLength)
        try check(tokenizer.vocabularySize)
        guard text.endOfText.map({ $0 == Int(tokenizer.endOfText) }) ?? true else {
            throw FileError(
                .badData, path: path,
                "expected texts to end with the token \(text.endOfText ?? 0) as \(configurationSource) says, "
                    + "found \(tokenizer.endOfText) in the vocabulary")
        }
        return tokenizer
    }

    /// The vocabulary as another folder gets it.
    package func savedVocabulary() throws -> SavedVocabulary {
        guard usesSentencePiece else { return .pairs(try bytePairTokenizer().vocabulary) }
        return try files(of: sentencePieceTokenizer())
    }

    /// The tokenizer for the text tower, and its vocabulary as another folder gets it. Throws as ``tokenizer()`` does.
    package func tokenizerAndVocabulary() throws -> (tokenizer: any Tokenizer, vocabulary: SavedVocabulary) {
        guard usesSentencePiece else {
            let tokenizer = try bytePairTokenizer()
            return (tokenizer, .pairs(tokenizer.vocabulary))
        }
        let tokenizer = try sentencePieceTokenizer()
        try check(tokenizer.vocabularySize)
        return (tokenizer, try files(of: tokenizer))
    }

    private func files(of tokenizer: SentencePieceTokenizer) throws -> SavedVocabulary {
        let clean = tokenizer.canonicalization.openCLIPName
        let members = clean.map { [JSON.Member("tokenizer_kwargs", ["clean": .string($0)])] } ?? []
        let files = try tokenizer.files.map { (name: $0.lastPathComponent, bytes: try contents(ofFile: $0.path)) }
        return .files(Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.bytes) }), members: members)
    }

    /// The files that the tokenizer was read from.
    func vocabularyFiles(of tokenizer: any Tokenizer) -> [String] {
        if let tokenizer = tokenizer as? SentencePieceTokenizer { return tokenizer.files.map(\.path) }
        let choices = [["vocab.json", "merges.txt"], ["tokenizer.json"], [PublishedVocabulary.name]]
        let paths = choices.map { $0.map { vocabularyFolder.appending(path: $0).path } }
        return paths.first { $0.allSatisfy(FileManager.default.fileExists(atPath:)) } ?? []
    }

    private var usesSentencePiece: Bool {
        // All published SigLIPs do; one that was trained on pairs of bytes has their file.
        let hasPairs = FileManager.default.fileExists(atPath: "\(path)/vocab.json")
        if configuration.vision.isSigLIP, !hasPairs { return true }
        return SentencePieceTokenizer.isPresent(in: URL(filePath: path))
    }

    private func sentencePieceTokenizer() throws -> SentencePieceTokenizer {
        try SentencePieceTokenizer(folder: URL(filePath: path), contextLength: configuration.text.contextLength)
    }

    /// The model's folder; of weights alone that come without a vocabulary, the place of OpenAI's.
    private var vocabularyFolder: URL {
        let folder = URL(filePath: path)
        guard layout == .weights, !PublishedVocabulary.hasVocabulary(folder),
            configuration.text.vocabularySize == PublishedVocabulary.size
        else { return folder }
        return PublishedVocabulary.folder
    }

    private func check(_ size: Int) throws {
        let limit = configuration.text.vocabularySize
        guard size <= limit else {
            throw FileError(
                .badData, path: path,
                "expected a vocabulary of at most \(limit) tokens as \(configurationSource) says, found \(size)")
        }
    }
}

/// OpenAI's vocabulary, with which files of weights alone were trained and which they do not carry: set-up puts it beside
/// libtorch.
package enum PublishedVocabulary {
    static let name = "bpe_simple_vocab_16e6.txt.gz"
    static let size = 49408

    /// `.deps/vocabulary` of the package that this file belongs to.
    package static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".deps/vocabulary")

    /// Whether a folder has a vocabulary of its own.
    package static func hasVocabulary(_ folder: URL) -> Bool {
        ["vocab.json", "tokenizer.json", name].contains {
            FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
        }
    }
}

extension TextCanonicalization {
    /// What open_clip's configuration calls it; nil where it has no name.
    fileprivate var openCLIPName: String? {
        switch self {
        case .none, .lowercase: nil
        case .whitespace: "whitespace"
        case .lower: "lower"
        case .canonicalize: "canonicalize"
        }
    }
}
