internal import CLIPFiles
public import Foundation

extension SentencePieceTokenizer {
    /// Whether a folder's tokenizer is one of these: it has a SentencePiece model, or a `tokenizer.json` without the
    /// word ends of CLIP's.
    public static func isPresent(in folder: URL) -> Bool {
        let files = FolderFiles(folder)
        if files.model != nil { return true }
        guard let json = files.existing("tokenizer.json"), files.existing("vocab.json") == nil,
            let model = try? JSONFields(file: json).peek("model")
        else { return false }
        return model["type"]?.string == "Unigram" || model["byte_fallback"]?.bool == true
    }

    /// Opens the tokenizer of a model folder, as the libraries transformers and open_clip do: `tokenizer.json`, or
    /// `spiece.model` or `tokenizer.model` where the class of `tokenizer_config.json` reads that or there is no other.
    ///
    /// - Parameters:
    ///   - folder: A Hugging Face or open_clip folder.
    ///   - contextLength: The positions of the text tower; nil takes that of `open_clip_config.json`, `config.json` or
    ///     `tokenizer_config.json`, or 64.
    ///   - canonicalization: What is done to a text first; nil takes `clean` of `open_clip_config.json`, or nothing. What
    ///     the tokenizer's own files say is done besides.
    /// - Throws: `VocabularyError` naming the file.
    public init(
        folder: URL, contextLength: Int? = nil, canonicalization: TextCanonicalization? = nil
    ) throws {
        let files = FolderFiles(folder)
        let settings = try SentencePieceSettings(files)
        let reader = settings.reader
        let length = contextLength ?? settings.contextLength ?? Self.defaultContextLength
        guard (4...65_536).contains(length) else {
            throw VocabularyError(file: folder.path, expected: "a context of 4 to 65536 tokens", found: "\(length)")
        }
        let clean = canonicalization ?? settings.canonicalization
        if let model = files.model, reader == .siglip || files.existing("tokenizer.json") == nil {
            try self.init(model: model, settings, files, length, clean)
        } else if let json = files.existing("tokenizer.json") {
            try self.init(json: json, settings, files, length, clean)
        } else {
            throw VocabularyError(
                file: folder.path, expected: "a folder with tokenizer.json, spiece.model or tokenizer.model",
                found: FileManager.default.fileExists(atPath: folder.path) ? "none of them" : "no such folder")
        }
    }

    // MARK: From a SentencePiece model

    private init(
        model file: URL, _ settings: SentencePieceSettings, _ files: FolderFiles, _ length: Int,
        _ clean: TextCanonicalization
    ) throws {
        let model = try SentencePieceModel(file: file)
        let segmenter = ModelSegmenter(model)
        func id(_ name: String?) -> Int32? {
            name.flatMap { name in settings.addedTokens.first { $0.content == name }?.id ?? model.id(of: name) }
        }
        let isSiglip = settings.reader == .siglip || settings.reader == .generic
        guard let end = id(settings.end ?? "</s>") ?? model.endID else {
            throw VocabularyError(file: file.path, expected: "an end token", found: "none")
        }
        let padding = id(settings.padding ?? (isSiglip ? "</s>" : nil)) ?? model.paddingID ?? end
        var frame = Frame(end: settings.choosesFrame && !settings.addsEnd && !isSiglip ? [] : [end], padding: padding)
        if settings.addsStart, !isSiglip, let start = id(settings.start) { frame.start = [start] }
        (frame.avoidsSecondEnd, frame.paddingSide) = (isSiglip, settings.paddingSide ?? settings.reader.paddingSide)
        let highest = settings.addedTokens.map { Int($0.id) + 1 }.max() ?? 0
        let segmentation: Segmentation =
            isSiglip
            ? .siglip(
                SiglipCleaning(
                    segmenter, specials: settings.specials(in: model), unknown: settings.unknown ?? "<unk>",
                    lowercases: settings.lowercases ?? true))
            : .model(segmenter)
        let isSiglip2 = settings.reader == .siglip2 && clean == .none
        self.init(
            segmentation, count: max(model.pieces.count, highest), contextLength: length, frame: frame,
            canonicalization: isSiglip2 ? .lowercase : clean, files: [file] + files.settings)
    }

    // MARK: From a tokenizer.json

    private init(
        json file: URL, _ settings: SentencePieceSettings, _ files: FolderFiles, _ length: Int,
        _ clean: TextCanonicalization
    ) throws {
        let segmenter = try PieceSegmenter(file: file, for: settings.reader)
        func id(_ name: String?) throws -> Int32? {
            try name.map { name in
                guard let id = segmenter.id(of: name) else {
                    throw VocabularyError(file: file.path, expected: "the token \(name.quoted(40))", found: "none")
                }
                return id
            }
        }
        let end = try id(settings.end)
        var frame = Frame(padding: try id(settings.padding) ?? end ?? 0)
        (frame.start, frame.end) = (segmenter.start, segmenter.end)
        if settings.reader == .t5 {
            (frame.start, frame.end) = ([], [try id(settings.end ?? "</s>")].compactMap(\.self))
        }
        frame.paddingSide = settings.paddingSide ?? segmenter.paddingSide ?? settings.reader.paddingSide
        guard length > frame.start.count + frame.end.count else {
            throw VocabularyError(file: file.path, expected: "room for a token in \(length)", found: "none")
        }
        self.init(
            .pieces(segmenter), count: segmenter.count, contextLength: length, frame: frame, canonicalization: clean,
            files: [file] + files.settings)
    }
}

/// The files of a folder that matter to a tokenizer.
struct FolderFiles {
    private let folder: URL

    init(_ folder: URL) { self.folder = folder }

    func existing(_ name: String) -> URL? {
        let file = folder.appending(path: name)
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }

    /// The SentencePiece model.
    var model: URL? { existing("spiece.model") ?? existing("tokenizer.model") }

    /// What says more about the tokenizer and belongs to no other part of the model.
    var settings: [URL] { ["tokenizer_config.json", "special_tokens_map.json"].compactMap(existing) }
}
