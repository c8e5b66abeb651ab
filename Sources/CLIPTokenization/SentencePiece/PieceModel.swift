internal import CLIPFiles

/// The model of a `tokenizer.json`: it turns a word into ids as the library tokenizers does.
struct PieceModel: Sendable {
    private let trie: PieceTrie
    /// The ids of the 256 byte pieces, -1 where there is none; empty without byte fallback.
    private let byteIDs: [Int32]
    private let kind: Kind
    /// One more than the highest id.
    let count: Int

    private enum Kind: Sendable {
        case unigram(UnigramSegmenter, unknown: Int32)
        case bytePair(BytePairRules)
    }

    /// How byte-pair encoding goes beside the merges.
    private struct BytePairRules {
        var merges: MergeTable
        var unknown: Int32?
        var joinsUnknown: Bool
        var keepsWholeWords: Bool
    }

    /// The id of a piece.
    func id(of text: String) -> Int32? { trie.id(of: text) }

    /// Appends the ids of a word.
    func append(_ word: [UInt8], to ids: inout [Int32]) {
        switch kind {
        case .unigram(let segmenter, let unknown): appendSegments(of: word, segmenter, unknown, &ids)
        case .bytePair(let rules):
            if rules.keepsWholeWords, let id = trie.id(of: word, word.indices) {
                ids.append(id)
                return
            }
            let merged = SymbolMerger.merged(symbols(of: word, rules)) { _, left, right in
                rules.merges.merge(left.id, right.id).map { SymbolMerger.Merge(rank: Double($0.rank), id: $0.result) }
            }
            ids.append(contentsOf: merged.lazy.map(\.id))
        }
    }

    // MARK: Unigram

    private func appendSegments(
        of word: [UInt8], _ segmenter: UnigramSegmenter, _ unknown: Int32, _ ids: inout [Int32]
    ) {
        var run: Range<Int>?
        func endRun() {
            if let range = run { appendUnknown(word, range, unknown, &ids) }
            run = nil
        }
        for segment in segmenter.segments(of: word, word.indices) {
            if segment.id == unknown {
                run = (run?.lowerBound ?? segment.range.lowerBound)..<segment.range.upperBound
            } else {
                endRun()
                ids.append(segment.id)
            }
        }
        endRun()
    }

    /// A run of unknown characters: its bytes where there are pieces for all of them.
    private func appendUnknown(_ word: [UInt8], _ range: Range<Int>, _ unknown: Int32, _ ids: inout [Int32]) {
        if let id = trie.id(of: word, range) {
            ids.append(id)
        } else if let bytes = fallback(word, range) {
            ids.append(contentsOf: bytes)
        } else {
            ids.append(unknown)
        }
    }

    private func fallback(_ word: [UInt8], _ range: Range<Int>) -> [Int32]? {
        guard !byteIDs.isEmpty, word[range].allSatisfy({ byteIDs[Int($0)] >= 0 }) else { return nil }
        return word[range].map { byteIDs[Int($0)] }
    }

    // MARK: Byte-pair encoding

    /// The characters of a word; an unknown one comes behind the bytes that follow it, as in the reference.
    private func symbols(of word: [UInt8], _ rules: BytePairRules) -> [SymbolMerger.Symbol] {
        var symbols: [SymbolMerger.Symbol] = []
        symbols.reserveCapacity(word.count)
        var pending: SymbolMerger.Symbol?
        var start = 0
        while start < word.count {
            let range = start..<UTF8Encoding.end(of: word, from: start)
            start = range.upperBound
            if let id = trie.id(of: word, range) {
                if let unknown = pending { symbols.append(unknown) }
                pending = nil
                symbols.append(SymbolMerger.Symbol(length: Int32(range.count), id: id))
            } else if let bytes = fallback(word, range) {
                symbols.append(contentsOf: bytes.lazy.map { SymbolMerger.Symbol(length: 1, id: $0) })
            } else if let id = rules.unknown {
                var unknown = SymbolMerger.Symbol(length: Int32(range.count), id: id)
                if let before = pending, rules.joinsUnknown { unknown.length += before.length }
                if let before = pending, !rules.joinsUnknown { symbols.append(before) }
                pending = unknown
            }
        }
        if let unknown = pending { symbols.append(unknown) }
        return symbols
    }
}

// MARK: Reading

extension PieceModel {
    /// The `model` of a `tokenizer.json`, as the class that reads it takes it.
    init(_ json: JSON, for reader: TokenizerClass) throws {
        var fields = try JSONFields(json, at: "model")
        switch try fields.string("type") ?? (fields.take("merges") == nil ? "Unigram" : "BPE") {
        case "Unigram": try self.init(unigram: &fields, for: reader)
        case "BPE": try self.init(bytePair: &fields, for: reader)
        case let type: throw fields.unknown("a model of the type Unigram or BPE", type)
        }
        try fields.finish()
    }

    private init(unigram fields: inout JSONFields, for reader: TokenizerClass) throws {
        let vocabulary = try fields.required("vocab", fields.array("vocab"))
        var pieces: [String] = []
        var scores: [Double] = []
        for entry in vocabulary {
            guard let pair = entry.array, pair.count == 2, let piece = pair[0].string, let score = pair[1].double else {
                throw VocabularyError(expected: "a piece and a score as piece \(pieces.count)", found: entry.kind)
            }
            pieces.append(piece)
            scores.append(Self.asRead(score))
        }
        let hasBytes = try fields.bool("byte_fallback", default: false)
        let unknown = try fields.integer("unk_id").map { reader == .t5 ? 2 : $0 }
        guard let unknown, pieces.indices.contains(unknown) else {
            throw VocabularyError(
                expected: "an unk_id below \(pieces.count)", found: unknown.map(String.init) ?? "none")
        }
        trie = PieceTrie(try Self.ids(pieces.enumerated().map { ($1, Int32($0)) }))
        count = pieces.count
        byteIDs = hasBytes && reader != .t5 ? Self.byteIDs(trie) : []
        kind = .unigram(
            UnigramSegmenter(scores: scores, unknownID: Int32(unknown), trie: trie), unknown: Int32(unknown))
    }

    private init(bytePair fields: inout JSONFields, for reader: TokenizerClass) throws {
        let json = try fields.required("vocab", fields.take("vocab"))
        guard let members = json.members else { throw fields.wrong("vocab", "an object", json) }
        var isTaken = [Bool](repeating: false, count: members.count)
        let pieces = try members.map { member -> (String, Int32) in
            guard let id = member.value.integer, members.indices.contains(id), !isTaken[id] else {
                throw VocabularyError(
                    expected: "each id of 0…\(members.count - 1) once", found: "another for \(member.name.quoted(40))")
            }
            isTaken[id] = true
            return (member.name, Int32(id))
        }
        let pieceIDs = try Self.ids(pieces)
        let trie = PieceTrie(pieceIDs)
        self.trie = trie
        count = pieces.count
        try Self.refuseOptions(&fields)
        let isGemma = reader == .gemma || reader == .siglip2
        let fallsBack = try fields.bool("byte_fallback", default: false) || isGemma
        byteIDs = fallsBack ? Self.byteIDs(trie) : []
        let name = try fields.string("unk_token")
        let unknown = try (isGemma ? "<unk>" : name).map { name in try Self.id(name, pieceIDs, "unk_token") }
        let joins = try fields.bool("fuse_unk", default: false)
        let keeps = try fields.bool("ignore_merges", default: false)
        kind = .bytePair(
            BytePairRules(
                merges: try Self.merges(fields.required("merges", fields.array("merges")), pieceIDs), unknown: unknown,
                joinsUnknown: joins || isGemma, keepsWholeWords: keeps && !isGemma))
    }

    /// A score as the reference reads it: all digits as one whole number, which is rounded, and divided by a power of ten,
    /// which rounds again. The last bit decides between segmentations that are equally good.
    private static func asRead(_ score: Double) -> Double {
        let text = "\(score.magnitude)"
        let parts = text.split(separator: ".")
        guard parts.count == 2, !text.contains("e"), let digits = UInt64(parts[0] + parts[1]) else { return score }
        let power = (0..<parts[1].count).reduce(1.0) { power, _ in power * 10 }
        return score < 0 ? -(Double(digits) / power) : Double(digits) / power
    }

    private static func refuseOptions(_ fields: inout JSONFields) throws {
        for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let text = try fields.string(name), !text.isEmpty { throw fields.unknown("no \(name)", text) }
        }
        if let dropout = fields.take("dropout"), dropout.double != 0 { throw fields.unknown("no dropout", "dropout") }
    }

    private static func merges(_ list: [JSON], _ ids: [ExactString: Int32]) throws -> MergeTable {
        try MergeTable(
            list.enumerated().map { rank, json in
                let parts =
                    json.string.map { $0.split(separator: " ", omittingEmptySubsequences: false).map(String.init) }
                    ?? json.array?.compactMap(\.string) ?? []
                guard parts.count == 2, json.array?.count ?? 2 == 2 else {
                    throw VocabularyError(expected: "two pieces as merge \(rank)", found: json.kind)
                }
                let place = "merge \(rank)"
                return BPEVocabulary.MergeIDs(
                    left: try id(parts[0], ids, place), right: try id(parts[1], ids, place),
                    result: try id(parts[0] + parts[1], ids, place))
            })
    }

    private static func id(_ piece: String, _ ids: [ExactString: Int32], _ place: String) throws -> Int32 {
        guard let id = ids[ExactString(piece)] else {
            throw VocabularyError(expected: "a piece of the vocabulary as \(place)", found: piece.quoted(40))
        }
        return id
    }

    private static func byteIDs(_ trie: PieceTrie) -> [Int32] {
        (0...UInt8.max).map { trie.id(of: BytePiece.name($0)) ?? -1 }
    }

    /// The ids of pieces by their exact bytes: the hundred thousands of merges look up three each.
    private static func ids(_ pieces: [(text: String, id: Int32)]) throws -> [ExactString: Int32] {
        guard pieces.count <= Int(Int32.max) else { throw VocabularyError(expected: "fewer pieces", found: "too many") }
        var ids = [ExactString: Int32](minimumCapacity: pieces.count)
        for (text, id) in pieces {
            guard (1..<SentencePieceModel.longestPiece).contains(text.utf8.count) else {
                throw VocabularyError(
                    expected: "1 to \(SentencePieceModel.longestPiece - 1) bytes as piece \(id)",
                    found: "\(text.utf8.count)")
            }
            guard ids.updateValue(id, forKey: ExactString(text)) == nil else {
                throw VocabularyError(expected: "a new piece as piece \(id)", found: "\(text.quoted(40)) again")
            }
        }
        return ids
    }
}

extension PieceTrie {
    fileprivate init(_ ids: [ExactString: Int32]) {
        self.init(ids.map { (bytes: Array($0.key.text.utf8), id: $0.value) })
    }
}
