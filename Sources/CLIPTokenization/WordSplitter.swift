/// Splits a cleaned text into the words that BPE encodes one by one.
///
/// It finds what CLIP's regular expression finds from left to right: a special token; one of
/// `'s 't 're 've 'm 'll 'd`; a run of letters; a single numeral; a run of anything else but white space. Upper and
/// lower case are the same in the first two; after lower-casing that concerns only the long s.
struct WordSplitter: Sendable {
    private let specials: [Special]

    private struct Special: Sendable {
        let name: [UInt32]
        let id: Int32
    }

    /// A word of a text.
    enum Word: Equatable {
        case special(Int32)
        case text(Range<Int>)
    }

    /// A splitter that knows a vocabulary's special tokens by their names.
    init(specials: [(name: String, id: Int32)]) {
        self.specials = specials.filter { !$0.name.isEmpty }.map {
            Special(name: $0.name.unicodeScalars.map(\.value), id: $0.id)
        }
    }

    /// The word at or behind a position, which moves to the word's end; nil at the end of the text.
    func next(in text: [UInt32], at position: inout Int) -> Word? {
        while position < text.count, !ScalarClass(text[position]).isInWords { position += 1 }
        guard position < text.count else { return nil }
        let start = position
        if let special = special(in: text, at: start) {
            position += special.name.count
            return text[start..<position].elementsEqual(special.name) ? .special(special.id) : .text(start..<position)
        }
        position = wordEnd(in: text, at: start)
        return .text(start..<position)
    }

    private func special(in text: [UInt32], at start: Int) -> Special? {
        specials.first { special in
            special.name[0] == text[start] && start + special.name.count <= text.count
                && zip(special.name, text[start...]).allSatisfy { $0 == Self.folded($1) }
        }
    }

    private func wordEnd(in text: [UInt32], at start: Int) -> Int {
        let length = Self.contractionLength(in: text, at: start)
        if length > 0 { return start + length }
        let scalarClass = ScalarClass(text[start])
        var end = start + 1
        if scalarClass == .number { return end }
        while end < text.count, ScalarClass(text[end]) == scalarClass { end += 1 }
        return end
    }

    /// The length of the contraction at a position, or 0.
    private static func contractionLength(in text: [UInt32], at start: Int) -> Int {
        guard text[start] == 0x27, start + 1 < text.count else { return 0 }
        switch (Unicode.Scalar(folded(text[start + 1])), start + 2 < text.count ? text[start + 2] : 0) {
        case ("s", _), ("t", _), ("m", _), ("d", _): return 2
        case ("r", 0x65), ("v", 0x65), ("l", 0x6C): return 3
        default: return 0
        }
    }

    /// The long s counts as an s.
    private static func folded(_ codePoint: UInt32) -> UInt32 { codePoint == 0x17F ? 0x73 : codePoint }
}
