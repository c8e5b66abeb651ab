/// A SentencePiece model as `spiece.model` holds it: the pieces, how texts are segmented into them, how they are
/// normalised before. It has been checked as the reference checks it.
public struct SentencePieceModel: Sendable {
    /// How a text is cut into pieces.
    public enum Kind: Sendable, Hashable {
        /// The most probable segmentation (Kudo 2018, arXiv 1804.10959).
        case unigram
        /// Merges from characters upwards (Sennrich et al. 2016, arXiv 1508.07909).
        case bytePair
    }

    /// What a piece stands for.
    public enum PieceType: Int, Sendable, Hashable {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    /// A piece: its UTF-8, the logarithm of its probability (or minus its rank), what it stands for.
    public struct Piece: Sendable, Hashable {
        public var bytes: [UInt8]
        public var score: Float
        public var type: PieceType

        /// A piece of a text.
        public init(_ text: String, score: Float = 0, type: PieceType = .normal) {
            self.init(bytes: Array(text.utf8), score: score, type: type)
        }

        init(bytes: [UInt8], score: Float, type: PieceType) {
            self.bytes = bytes
            self.score = score
            self.type = type
        }

        /// The piece as text.
        public var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// How a text is normalised before it is cut.
    struct Normalization: Sendable {
        var name = ""
        var characterMap: CharacterMap?
        var addsDummyPrefix = true
        var removesExtraSpace = true
        var escapesSpace = true
    }

    /// The pieces; a piece's place is its id.
    public internal(set) var pieces: [Piece]
    /// How a text is cut.
    public internal(set) var kind: Kind
    /// Whether what no piece covers becomes the pieces of its bytes, `<0x00>` … `<0xFF>`.
    public internal(set) var hasByteFallback: Bool
    /// The id of the piece for what no piece covers.
    public internal(set) var unknownID = 0
    /// The ids that the trainer was told; nil where there is none.
    public internal(set) var endID: Int32?
    public internal(set) var paddingID: Int32?
    /// The ids of the 256 byte pieces, or none.
    var byteIDs: [Int32] = []
    var normalization = Normalization()

    /// A model of pieces that is normalised by nothing but white space.
    ///
    /// - Throws: `VocabularyError` where the reference would refuse the pieces.
    public init(
        pieces: [Piece], kind: Kind, hasByteFallback: Bool = false, endID: Int32? = nil, paddingID: Int32? = nil
    ) throws {
        self.pieces = pieces
        self.kind = kind
        self.hasByteFallback = hasByteFallback
        self.endID = endID
        self.paddingID = paddingID
        try check()
    }

    /// The id of a piece by its text.
    public func id(of text: String) -> Int32? {
        let bytes = Array(text.utf8)
        return pieces.firstIndex { $0.bytes == bytes }.map(Int32.init)
    }
}

// MARK: What a good model is

extension SentencePieceModel {
    /// The reference's bound, in bytes; it also bounds how often a character is looked at.
    static let longestPiece = 8_000

    mutating func check() throws {
        guard pieces.count <= Int(Int32.max) else { throw VocabularyError(expected: "fewer pieces", found: "too many") }
        try checkPieces()
        try findUnknown()
        try findBytes()
        guard pieces.contains(where: { $0.type == .normal }) else {
            throw VocabularyError(expected: "normal pieces", found: "none")
        }
        endID = try inRange(endID, "end-of-text")
        paddingID = try inRange(paddingID, "padding")
    }

    private func checkPieces() throws {
        var ordinary = Set<[UInt8]>(minimumCapacity: pieces.count)
        var reserved = Set<[UInt8]>()
        for (id, piece) in pieces.enumerated() {
            func fault(_ expected: String, _ found: String) -> VocabularyError {
                VocabularyError(expected: "\(expected) as piece \(id)", found: found)
            }
            let size = piece.bytes.count
            guard (1..<Self.longestPiece).contains(size) else {
                throw fault("1 to \(Self.longestPiece - 1) bytes", "\(size)")
            }
            guard !piece.bytes.contains(0) else { throw fault("a text", "one with a zero byte") }
            guard piece.score.isFinite else { throw fault("a finite score", "\(piece.score)") }
            guard piece.type != .unused || kind == .unigram else { throw fault("a used piece", "an unused one") }
            let isNew =
                switch piece.type {
                case .normal, .userDefined, .unused: ordinary.insert(piece.bytes).inserted
                case .unknown, .control, .byte: reserved.insert(piece.bytes).inserted
                }
            guard isNew else { throw fault("a new piece", "\"\(piece.text.prefix(40))\" again") }
        }
    }

    private mutating func findUnknown() throws {
        let unknown = pieces.indices.filter { pieces[$0].type == .unknown }
        guard unknown.count == 1 else {
            throw VocabularyError(expected: "one unknown piece", found: "\(unknown.count)")
        }
        unknownID = unknown[0]
    }

    private mutating func findBytes() throws {
        var ids = [Int32](repeating: -1, count: 256)
        for (id, piece) in pieces.enumerated() where piece.type == .byte {
            guard hasByteFallback, let byte = BytePiece.byte(of: piece.bytes) else {
                let found = "\"\(piece.text.prefix(40))\"\(hasByteFallback ? "" : " without byte fallback")"
                throw VocabularyError(expected: "a byte's piece as piece \(id)", found: found)
            }
            ids[Int(byte)] = Int32(id)
        }
        guard hasByteFallback else { return }
        guard !ids.contains(-1) else {
            throw VocabularyError(expected: "256 byte pieces", found: "\(ids.count { $0 >= 0 })")
        }
        byteIDs = ids
    }

    /// An id that is set; a negative one means none.
    private func inRange(_ id: Int32?, _ name: String) throws -> Int32? {
        guard let id, id >= 0 else { return nil }
        guard Int(id) < pieces.count else {
            throw VocabularyError(expected: "a \(name) id below \(pieces.count)", found: "\(id)")
        }
        return id
    }
}

/// The names of bytes as pieces.
enum BytePiece {
    /// `<0x0A>` for 10.
    static func name(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "<0x\(byte < 16 ? "0" : "")\(digits)>"
    }

    /// The byte that a piece names, if it names one.
    static func byte(of piece: [UInt8]) -> UInt8? { bytes[piece] }

    private static let bytes: [[UInt8]: UInt8] = Dictionary(
        uniqueKeysWithValues: (0...UInt8.max).map { (Array(name($0).utf8), $0) })
}
