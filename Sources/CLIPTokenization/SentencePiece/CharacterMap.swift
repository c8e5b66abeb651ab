/// SentencePiece's `precompiled_charsmap`: which byte strings a normalisation replaces, and by what.
///
/// The file holds the size of a double-array trie (Aoe 1989), the trie as 32-bit units, then the replacements, each ended
/// by a zero byte; a leaf holds where its replacement begins. Units lead wherever they like: every step is checked.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]

    /// Real maps replace at most a few characters at once. A trie that goes in circles ends here.
    private static let longestKey = 128
    /// Real replacements have at most some dozen bytes; what is longer would let a short text grow without measure.
    private static let longestReplacement = 256

    init(_ bytes: [UInt8]) throws {
        guard bytes.count > 4 else { throw Self.fault("a size and a trie", "\(bytes.count) bytes") }
        let size = Int(Self.unit(bytes, at: 0))
        guard size % 4 == 0, size >= 4, size < bytes.count - 4 else {
            throw Self.fault("a trie of 4 to \(bytes.count - 5) bytes, in words of 4", "\(size)")
        }
        units = stride(from: 4, to: 4 + size, by: 4).map { Self.unit(bytes, at: $0) }
        replacements = Array(bytes[(4 + size)...])
        guard replacements.last == 0 else { throw Self.fault("a zero byte at the end", "none") }
        let longest = replacements.split(separator: 0).map(\.count).max() ?? 0
        guard longest <= Self.longestReplacement else {
            throw Self.fault("replacements of at most \(Self.longestReplacement) bytes", "\(longest)")
        }
    }

    private static func unit(_ bytes: [UInt8], at start: Int) -> UInt32 {
        bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func fault(_ expected: String, _ found: String) -> VocabularyError {
        VocabularyError(expected: "\(expected) in precompiled_charsmap", found: found)
    }

    /// A replaced prefix: how long it is and where its replacement lies.
    struct Match {
        let length: Int
        let replacement: Range<Int>
    }

    /// The longest prefix of `text[start...]` that is replaced: SentencePiece's choice.
    func longestMatch(in text: [UInt8], from start: Int) -> Match? {
        var found: (length: Int, value: Int)?
        search(text, start..<text.count) { length, value in
            found = (length, value)
            return true
        }
        return found.flatMap(match)
    }

    /// The shortest prefix of a range that is replaced: the choice of the library tokenizers, which knows no zero byte.
    func shortestMatch(in text: [UInt8], _ range: Range<Int>) -> Match? {
        var found: (length: Int, value: Int)?
        let end = text[range].firstIndex(of: 0) ?? range.upperBound
        search(text, range.lowerBound..<end) { length, value in
            found = (length, value)
            return false
        }
        return found.flatMap(match)
    }

    /// The bytes of a replacement.
    func bytes(_ match: Match) -> ArraySlice<UInt8> { replacements[match.replacement] }

    private func match(_ found: (length: Int, value: Int)) -> Match? {
        guard found.value < replacements.count else { return nil }
        // A zero byte is there: the last one is.
        let end = replacements[found.value...].firstIndex(of: 0) ?? replacements.count
        return Match(length: found.length, replacement: found.value..<end)
    }

    /// Goes down the trie along the bytes of a range and tells each prefix that is a key, as long as the answer is true.
    @inline(__always)
    private func search(_ text: [UInt8], _ range: Range<Int>, _ body: (_ length: Int, _ value: Int) -> Bool) {
        var node = Self.offset(units[0])
        for position in range.prefix(Self.longestKey) {
            let byte = text[position]
            node ^= Int(byte)
            guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return }
            let unit = units[node]
            node ^= Self.offset(unit)
            guard unit >> 8 & 1 == 1 else { continue }
            guard node < units.count else { return }
            if !body(position - range.lowerBound + 1, Int(units[node] & 0x7FFF_FFFF)) { return }
        }
    }

    private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 0x200) >> 6) }
}
