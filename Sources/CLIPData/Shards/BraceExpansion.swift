internal import CLIPFiles

/// Patterns such as `{00000..00099}.tar` and the texts that they stand for, as Python's `braceexpand` has them, which
/// webdataset calls: ranges of integers and letters with an optional step, lists, both nested; a backslash before a brace
/// or a comma takes its meaning away.
package struct BraceExpansion {
    /// A pattern that stands for more texts, or is longer or deeper than this, is refused.
    private static let mostTexts = 1_000_000
    private static let longestPattern = 1 << 16
    private static let mostBytes = 256 << 20
    private static let deepest = 32

    private let pattern: String

    /// All texts of a pattern, in their order.
    /// - Throws: ``DatasetError`` that names the pattern, where its braces are not balanced or it stands for too much.
    package static func texts(of pattern: String) throws -> [String] {
        let expansion = BraceExpansion(pattern: pattern)
        guard pattern.utf8.count <= longestPattern else { throw expansion.failure("at most \(longestPattern) bytes") }
        return try expansion.pattern(Array(pattern.unicodeScalars)[...], depth: 0).map { scalars in
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            return String(text)
        }
    }

    private func failure(_ expected: String) -> DatasetError {
        DatasetError(pattern.quoted(), "expected \(expected)")
    }

    private typealias Scalars = ArraySlice<Unicode.Scalar>

    private func pattern(_ scalars: Scalars, depth: Int) throws -> [[Unicode.Scalar]] {
        guard depth <= Self.deepest else { throw failure("at most \(Self.deepest) levels of braces") }
        var texts: [[Unicode.Scalar]] = [[]]
        var (start, position, level) = (scalars.startIndex, scalars.startIndex, 0)
        while position < scalars.endIndex {
            switch scalars[position] {
            case "\\": position += 1
            case "{":
                if level == 0 && position > start {
                    texts = try product(texts, [Array(scalars[start..<position])])
                    start = position
                }
                level += 1
            case "}":
                level -= 1
                if level == 0 {
                    texts = try product(texts, braces(scalars[(start + 1)..<position], depth: depth + 1))
                    start = position + 1
                }
            default: break
            }
            position += 1
        }
        guard level == 0 else { throw failure("a closing brace for each opening one") }
        if start < scalars.endIndex { texts = try product(texts, [Array(scalars[start...])]) }
        // At every level, as there: what is nested loses its backslashes more than once.
        return texts.map(Self.unescaped)
    }

    /// What stands between braces: a range, a list, or else a pattern whose braces stay.
    private func braces(_ content: Scalars, depth: Int) throws -> [[Unicode.Scalar]] {
        if let range = try range(content) { return range }
        if let list = try list(content, depth: depth) { return list }
        return try pattern(content, depth: depth).map { ["{"] + $0 + ["}"] }
    }

    private func list(_ content: Scalars, depth: Int) throws -> [[Unicode.Scalar]]? {
        var parts: [Scalars] = []
        var (start, position, level) = (content.startIndex, content.startIndex, 0)
        while position < content.endIndex {
            switch content[position] {
            case "\\": position += 1
            case "{": level += 1
            case "}": level -= 1
            case "," where level == 0:
                parts.append(content[start..<position])
                start = position + 1
            default: break
            }
            position += 1
        }
        guard level == 0, !parts.isEmpty else { return nil }
        var texts: [[Unicode.Scalar]] = []
        for part in parts + [content[start...]] {
            texts += try pattern(part, depth: depth)
            try check(texts.count, texts.first?.count ?? 0)
        }
        return texts
    }

    private func range(_ content: Scalars) throws -> [[Unicode.Scalar]]? {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: content)
        let parts = String(text).split(separator: "..", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count) else { return nil }
        let step =
            parts.count == 3 ? Self.digits(parts[2].hasPrefix("-") ? String(parts[2].dropFirst()) : parts[2]) : "1"
        guard let step, let width = Int(step) else { return nil }
        return try integers(parts[0], parts[1], step: max(width, 1)) ?? letters(parts[0], parts[1], step: max(width, 1))
    }

    private func integers(_ first: String, _ last: String, step: Int) throws -> [[Unicode.Scalar]]? {
        func isInteger(_ text: String) -> Bool {
            Self.digits(text.hasPrefix("-") ? String(text.dropFirst()) : text) != nil
        }
        guard isInteger(first), isInteger(last) else { return nil }
        guard let from = Int32(first), let to = Int32(last) else { throw failure("integers of at most 32 bits") }
        let isPadded = [first, last].contains { ($0.hasPrefix("0") || $0.hasPrefix("-0")) && $0 != "0" && $0 != "-0" }
        let width = isPadded ? max(first.utf8.count, last.utf8.count) : 0
        try check(abs(Int(to) - Int(from)) / step, width)
        return stride(from: Int(from), through: Int(to), by: from < to ? step : -step).map { number in
            let digits = String(number.magnitude)
            let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count - (number < 0 ? 1 : 0)))
            return Array("\(number < 0 ? "-" : "")\(zeros)\(digits)".unicodeScalars)
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".unicodeScalars)

    private func letters(_ first: String, _ last: String, step: Int) -> [[Unicode.Scalar]]? {
        func place(_ text: String) -> Int? {
            text.unicodeScalars.count == 1 ? Self.alphabet.firstIndex(of: text.unicodeScalars[text.startIndex]) : nil
        }
        guard let from = place(first), let to = place(last) else { return nil }
        return stride(from: from, through: to, by: from < to ? step : -step).map { [Self.alphabet[$0]] }
    }

    /// The text where it is of decimal digits alone.
    private static func digits(_ text: String) -> String? {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? text : nil
    }

    private func product(_ heads: [[Unicode.Scalar]], _ tails: [[Unicode.Scalar]]) throws -> [[Unicode.Scalar]] {
        let (count, overflows) = heads.count.multipliedReportingOverflow(by: tails.count)
        try check(overflows ? .max : count, (heads.first?.count ?? 0) + (tails.first?.count ?? 0))
        return heads.flatMap { head in tails.map { head + $0 } }
    }

    /// Throws where so many texts of about that length are too many.
    private func check(_ count: Int, _ length: Int) throws {
        guard count <= Self.mostTexts, count <= Self.mostBytes / (4 * max(length, 1)) else {
            throw failure("a pattern of at most \(Self.mostTexts) files")
        }
    }

    /// The text without the backslashes that took a meaning away.
    private static func unescaped(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard scalars.contains("\\") else { return scalars }
        var text: [Unicode.Scalar] = []
        var index = 0
        while index < scalars.count {
            if scalars[index] == "\\", index + 1 < scalars.count { index += 1 }
            text.append(scalars[index])
            index += 1
        }
        return text
    }
}
