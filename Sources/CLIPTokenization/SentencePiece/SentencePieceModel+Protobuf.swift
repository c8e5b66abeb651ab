public import Foundation

extension SentencePieceModel {
    /// Reads `spiece.model` or `tokenizer.model`, a `ModelProto` of the SentencePiece library.
    ///
    /// - Throws: `VocabularyError` naming the file.
    public init(file: URL) throws {
        do {
            try self.init(serialized: Array(try VocabularyFile.read(file)))
        } catch let error as VocabularyError {
            throw error.naming(file.path)
        }
    }

    /// Reads a serialized `ModelProto`.
    public init(serialized bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { throw VocabularyError(expected: "a SentencePiece model", found: "an empty file") }
        var (pieces, trainer, normalizer) = ([Piece](), TrainerFields(), NormalizerFields())
        var reader = WireReader(bytes[...])
        while let (field, value) = try reader.next() {
            switch (field, value.bytes) {
            case (1, let message?): pieces.append(try Self.piece(message, number: pieces.count))
            case (2, let message?): try trainer.read(message)
            case (3, let message?): try normalizer.read(message)
            default: break
            }
        }
        self.pieces = pieces
        (kind, hasByteFallback) = (try trainer.kind(), trainer.hasByteFallback)
        (endID, paddingID) = (trainer.endID, trainer.paddingID)
        normalization = try normalizer.normalization()
        try check()
    }

    private static func piece(_ message: ArraySlice<UInt8>, number: Int) throws -> Piece {
        var piece = Piece("")
        var reader = WireReader(message)
        while let (field, value) = try reader.next() {
            switch field {
            case 1: piece.bytes = value.bytes.map(Array.init) ?? piece.bytes
            case 2: piece.score = value.float ?? piece.score
            case 3:
                guard let type = value.int.flatMap(PieceType.init(rawValue:)) else {
                    throw VocabularyError(expected: "a type of 1 to 6 of piece \(number)", found: "\(value)")
                }
                piece.type = type
            default: break
            }
        }
        return piece
    }
}

/// The fields of a `TrainerSpec` that matter for encoding.
private struct TrainerFields {
    var modelType = 1
    var hasByteFallback = false
    var putsSpaceBehind = false
    var endID: Int32 = 2
    var paddingID: Int32 = -1

    mutating func read(_ message: ArraySlice<UInt8>) throws {
        var reader = WireReader(message)
        while let (field, value) = try reader.next() {
            switch field {
            case 3: modelType = value.int ?? modelType
            case 24: putsSpaceBehind = value.bool ?? putsSpaceBehind
            case 35: hasByteFallback = value.bool ?? hasByteFallback
            case 42: endID = value.int.map(Int32.init) ?? endID
            case 43: paddingID = value.int.map(Int32.init) ?? paddingID
            default: break
            }
        }
    }

    func kind() throws -> SentencePieceModel.Kind {
        if putsSpaceBehind {
            throw VocabularyError(expected: "white space before words", found: "treat_whitespace_as_suffix")
        }
        switch modelType {
        case 1: return .unigram
        case 2: return .bytePair
        default: throw VocabularyError(expected: "a model type of 1 (unigram) or 2 (BPE)", found: "\(modelType)")
        }
    }
}

/// The fields of a `NormalizerSpec`.
private struct NormalizerFields {
    var fields = SentencePieceModel.Normalization()
    var characterMap: ArraySlice<UInt8> = []

    mutating func read(_ message: ArraySlice<UInt8>) throws {
        var reader = WireReader(message)
        while let (field, value) = try reader.next() {
            switch field {
            case 1: fields.name = value.bytes.map { String(decoding: $0, as: UTF8.self) } ?? fields.name
            case 2: characterMap = value.bytes ?? characterMap
            case 3: fields.addsDummyPrefix = value.bool ?? fields.addsDummyPrefix
            case 4: fields.removesExtraSpace = value.bool ?? fields.removesExtraSpace
            case 5: fields.escapesSpace = value.bool ?? fields.escapesSpace
            default: break
            }
        }
    }

    func normalization() throws -> SentencePieceModel.Normalization {
        var result = fields
        if !characterMap.isEmpty { result.characterMap = try CharacterMap(Array(characterMap)) }
        return result
    }
}
