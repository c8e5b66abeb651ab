/// Turns a text into ids as the library sentencepiece does with a model.
struct ModelSegmenter: Sendable {
    let model: SentencePieceModel
    let trie: PieceTrie
    private let normalizer: SentencePieceNormalizer
    private let userDefined: PieceTrie?
    private let unigram: UnigramSegmenter?

    init(_ model: SentencePieceModel) {
        self.model = model
        func pieces(_ isWanted: (SentencePieceModel.PieceType) -> Bool) -> [(bytes: [UInt8], id: Int32)] {
            model.pieces.enumerated().filter { isWanted($1.type) }.map { ($1.bytes, Int32($0)) }
        }
        trie = PieceTrie(pieces { $0 == .normal || $0 == .userDefined })
        let defined = pieces { $0 == .userDefined }
        userDefined = defined.isEmpty ? nil : PieceTrie(defined)
        normalizer = SentencePieceNormalizer(model.normalization, userDefined: userDefined)
        unigram = model.kind == .unigram ? UnigramSegmenter(model, trie: trie) : nil
    }

    /// The ids of a text's UTF-8: characters that no piece covers become the pieces of their bytes, or one unknown piece
    /// for each run of them.
    func ids(of text: [UInt8]) -> [Int32] {
        let text = normalizer.normalize(text)
        var ids: [Int32] = []
        var isBehindUnknown = false
        for segment in segments(of: text) {
            let isUnknown = segment.id == Int32(model.unknownID)
            if isUnknown, model.hasByteFallback {
                for byte in text[segment.range] { ids.append(model.byteIDs[Int(byte)]) }
            } else if !isUnknown || !isBehindUnknown {
                ids.append(segment.id)
            }
            isBehindUnknown = isUnknown
        }
        return ids
    }

    private func segments(of text: [UInt8]) -> [UnigramSegmenter.Segment] {
        if let unigram { return unigram.segments(of: text, text.indices) }
        var start = 0
        return merge(text).map { symbol in
            let range = start..<start + Int(symbol.length)
            start = range.upperBound
            return UnigramSegmenter.Segment(range: range, id: symbol.id)
        }
    }

    /// Any two neighbours merge that are a piece together, the piece of the highest score first.
    private func merge(_ text: [UInt8]) -> [SymbolMerger.Symbol] {
        SymbolMerger.merged(symbols(of: text)) { start, left, right in
            trie.id(of: text, start..<start + Int(left.length + right.length)).map {
                SymbolMerger.Merge(rank: -Double(model.pieces[Int($0)].score), id: $0)
            }
        }
    }

    private func symbols(of text: [UInt8]) -> [SymbolMerger.Symbol] {
        var symbols: [SymbolMerger.Symbol] = []
        var start = 0
        while start < text.count {
            let defined = userDefined?.longestPrefix(of: text, from: start, to: text.count)
            let end = defined?.end ?? UTF8Encoding.end(of: text, from: start)
            let id = defined?.id ?? trie.id(of: text, start..<end) ?? Int32(model.unknownID)
            symbols.append(SymbolMerger.Symbol(length: Int32(end - start), id: id, isFrozen: defined != nil))
            start = end
        }
        return symbols
    }
}
