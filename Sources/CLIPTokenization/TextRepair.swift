/// What `ftfy.fix_text` does by default to a text that was decoded rightly.
///
/// Line by line, until nothing changes: unambiguous HTML references (from the first line with a `<` on they are left
/// alone), C1 controls read as Windows-1252, ligatures of Latin letters, full- and half-width forms, curly quotes, line
/// breaks, terminal colours, control characters, and normalisation to NFC.
///
/// Not done is the guess that a text was decoded wrongly and its repair ("mojibake", ftfy's `fix_encoding`): a caption
/// such as `schÃ¶n` keeps its characters.
enum TextRepair {
    /// ftfy cuts lines that are longer than this.
    private static let longestSegment = 1_000_000

    /// Repeats of one line that a text may cost: far more than real text needs, few enough for a hostile one.
    private static let mostPasses = 32

    static func repair(_ text: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(text.count)
        var decodesReferences = true
        var start = 0
        while start < text.count {
            let limit = min(start + longestSegment, text.count)
            let end = text[start..<limit].firstIndex(of: 0x0A).map { $0 + 1 } ?? limit
            let segment = Array(text[start..<end])
            if segment.contains(0x3C) { decodesReferences = false }
            result.append(contentsOf: repairSegment(segment, decodesReferences: decodesReferences))
            start = end
        }
        return result
    }

    private static func repairSegment(_ segment: [UInt32], decodesReferences: Bool) -> [UInt32] {
        var text = segment
        for _ in 0..<mostPasses {
            let before = text
            if decodesReferences { text = HTMLEntities.unescapeUnambiguous(text) }
            text = replaceCharacters(text)
            text = fixLineBreaks(text)
            text = removeTerminalEscapes(text)
            text.removeAll(where: isUnwantedControl)
            text = Normalization.composed(text)
            if text == before { break }
        }
        return text
    }

    /// `\r\n`, `\r` and the Unicode line and paragraph separators become `\n`.
    private static func fixLineBreaks(_ text: [UInt32]) -> [UInt32] {
        guard text.contains(where: { $0 == 0x0D || $0 == 0x2028 || $0 == 0x2029 }) else { return text }
        var result: [UInt32] = []
        result.reserveCapacity(text.count)
        var previous: UInt32 = 0
        for scalar in text {
            switch scalar {
            case 0x0D, 0x2028, 0x2029: result.append(0x0A)
            case 0x0A where previous == 0x0D: break
            default: result.append(scalar)
            }
            previous = scalar
        }
        return result
    }

    /// Takes out `ESC [ digits-and-semicolons letter`.
    private static func removeTerminalEscapes(_ text: [UInt32]) -> [UInt32] {
        guard text.contains(0x1B) else { return text }
        var result: [UInt32] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            if let end = terminalEscapeEnd(in: text, at: position) {
                position = end
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private static func terminalEscapeEnd(in text: [UInt32], at start: Int) -> Int? {
        guard text[start] == 0x1B, start + 1 < text.count, text[start + 1] == 0x5B else { return nil }
        var end = start + 2
        while end < text.count, text[end] == 0x3B || isDecimalDigit(text[end]) { end += 1 }
        guard end < text.count, (0x61...0x7A).contains(text[end] | 0x20), text[end] < 0x80 else { return nil }
        return end + 1
    }

    private static func isDecimalDigit(_ scalar: UInt32) -> Bool {
        Unicode.Scalar(scalar)?.properties.generalCategory == .decimalNumber
    }

    private static func isUnwantedControl(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x00...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: true
        default: false
        }
    }
}
