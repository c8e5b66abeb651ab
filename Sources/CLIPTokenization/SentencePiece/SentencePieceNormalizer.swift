/// SentencePiece's own normalisation: replaced characters, white space at the ends and in runs taken out, spaces shown
/// as `▁`, one of them in front.
struct SentencePieceNormalizer: Sendable {
    private let options: SentencePieceModel.Normalization
    /// Pieces that a user defined; they are taken as they are.
    private let userDefined: PieceTrie?

    static let space: [UInt8] = Array("▁".utf8)

    init(_ options: SentencePieceModel.Normalization, userDefined: PieceTrie?) {
        self.options = options
        self.userDefined = userDefined
    }

    /// The normalised UTF-8 of a text's UTF-8.
    func normalize(_ text: [UInt8]) -> [UInt8] {
        var position = options.removesExtraSpace ? skipLeadingSpace(text) : 0
        guard position < text.count else { return [] }
        let shown = options.escapesSpace ? Self.space : [0x20]
        var result: [UInt8] = options.addsDummyPrefix ? shown : []
        result.reserveCapacity(text.count + text.count / 2)
        var isBehindSpace = options.removesExtraSpace
        while position < text.count {
            var part = prefix(of: text, at: &position)
            if isBehindSpace { part = part.drop { $0 == 0x20 } }
            guard !part.isEmpty else { continue }
            for byte in part {
                if byte == 0x20 { result.append(contentsOf: shown) } else { result.append(byte) }
            }
            isBehindSpace = options.removesExtraSpace && part.last == 0x20
        }
        if options.removesExtraSpace { removeTrailing(shown, &result) }
        return result
    }

    private func skipLeadingSpace(_ text: [UInt8]) -> Int {
        var position = 0
        while position < text.count {
            var end = position
            guard prefix(of: text, at: &end).elementsEqual([0x20]) else { break }
            position = end
        }
        return position
    }

    private func removeTrailing(_ shown: [UInt8], _ result: inout [UInt8]) {
        while result.count >= shown.count, result.suffix(shown.count).elementsEqual(shown) {
            result.removeLast(shown.count)
        }
    }

    /// What stands for the characters at a position, which moves behind them.
    private func prefix(of text: [UInt8], at position: inout Int) -> ArraySlice<UInt8> {
        let start = position
        if let piece = userDefined?.longestPrefix(of: text, from: start, to: text.count) {
            position = piece.end
            return text[start..<piece.end]
        }
        if let map = options.characterMap, let match = map.longestMatch(in: text, from: start) {
            position += match.length
            return map.bytes(match)
        }
        position = UTF8Encoding.end(of: text, from: start)
        return text[start..<position]
    }
}

extension UTF8Encoding {
    /// Where the character ends whose first byte is at a position, by that byte alone.
    @inline(__always)
    static func end(of text: [UInt8], from start: Int) -> Int {
        let byte = text[start]
        let length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        return min(start + length, text.count)
    }
}
