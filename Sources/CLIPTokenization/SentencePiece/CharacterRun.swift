/// The few regular expressions that the normalisers of these models use: one character or class of characters, once or
/// several times, as `\s+`, ` {2,}` or `[!"#]`.
struct CharacterRun: Sendable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var includesSpace = false
    private var isNegated = false
    private var minimum = 1
    private var maximum: Int? = 1

    /// The meaning of an expression; nil for one of another form.
    init?(_ expression: String) {
        var rest = expression.unicodeScalars.map(\.value)[...]
        guard readAtom(&rest), readCount(&rest), rest.isEmpty else { return nil }
    }

    /// The end of the match that begins at a position.
    func end(in text: [UInt32], from start: Int) -> Int? {
        var end = start
        while end < text.count, maximum.map({ end - start < $0 }) ?? true, contains(text[end]) { end += 1 }
        return end - start >= minimum ? end : nil
    }

    private func contains(_ codePoint: UInt32) -> Bool {
        let isMember =
            ranges.contains { $0.contains(codePoint) }
            || includesSpace && Unicode.Scalar(codePoint)?.properties.isWhitespace == true
        return isMember != isNegated
    }

    // MARK: Reading

    private mutating func readAtom(_ rest: inout ArraySlice<UInt32>) -> Bool {
        switch rest.first {
        case 0x5B:
            rest.removeFirst()
            return readClass(&rest)
        case 0x5C: return readEscape(&rest)
        case nil: return false
        case let scalar?:
            guard !"^$.|?*+(){}]".unicodeScalars.contains(where: { $0.value == scalar }) else { return false }
            rest.removeFirst()
            ranges.append(scalar...scalar)
            return true
        }
    }

    private mutating func readEscape(_ rest: inout ArraySlice<UInt32>) -> Bool {
        rest.removeFirst()
        guard let scalar = rest.popFirst() else { return false }
        switch Unicode.Scalar(scalar) {
        case "s": includesSpace = true
        case "t": ranges.append(0x09...0x09)
        case "n": ranges.append(0x0A...0x0A)
        case "r": ranges.append(0x0D...0x0D)
        default:
            // Of letters and digits the others have meanings too.
            guard Unicode.Scalar(scalar)?.properties.isAlphabetic == false, !(0x30...0x39).contains(scalar) else {
                return false
            }
            ranges.append(scalar...scalar)
        }
        return true
    }

    private mutating func readClass(_ rest: inout ArraySlice<UInt32>) -> Bool {
        if rest.first == 0x5E {
            rest.removeFirst()
            isNegated = true
        }
        while let scalar = rest.first, scalar != 0x5D {
            if scalar == 0x5C {
                guard readEscape(&rest) else { return false }
            } else {
                // A class within a class and an intersection have meanings of their own.
                guard scalar != 0x5B, !(scalar == 0x26 && rest.dropFirst().first == 0x26) else { return false }
                rest.removeFirst()
                guard readRange(from: scalar, &rest) else { return false }
            }
        }
        guard rest.popFirst() == 0x5D else { return false }
        return includesSpace || !ranges.isEmpty
    }

    private mutating func readRange(from low: UInt32, _ rest: inout ArraySlice<UInt32>) -> Bool {
        guard rest.first == 0x2D, let high = rest.dropFirst().first, high != 0x5D else {
            ranges.append(low...low)
            return true
        }
        rest.removeFirst(2)
        guard high != 0x5C, high != 0x5B, low <= high else { return false }
        ranges.append(low...high)
        return true
    }

    private mutating func readCount(_ rest: inout ArraySlice<UInt32>) -> Bool {
        guard !rest.isEmpty else { return true }
        let count = String(codePoints: rest)
        rest = []
        if count == "+" {
            maximum = nil
            return true
        }
        guard count.hasPrefix("{"), count.hasSuffix("}") else { return false }
        let numbers = count.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
        guard let first = numbers.first.flatMap({ Int($0) }), (1...1_000).contains(first) else { return false }
        minimum = first
        switch numbers.count {
        case 1: maximum = first
        case 2 where numbers[1].isEmpty: maximum = nil
        default: return false
        }
        return true
    }
}
