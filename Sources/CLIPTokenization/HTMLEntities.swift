/// Decodes HTML character references in the two ways that CLIP's cleaning asks for.
enum HTMLEntities {
    private static let ampersand: UInt32 = 0x26
    private static let semicolon: UInt32 = 0x3B
    private static let hash: UInt32 = 0x23

    /// Decodes as browsers and Python's `html.unescape` do: names of HTML 5 with or without their semicolon where that
    /// is allowed, else the longest known beginning of a name; decimal and hexadecimal numbers.
    static func unescape(_ text: [UInt32]) -> [UInt32] {
        replaceReferences(in: text) { text, start in
            guard start < text.count else { return nil }
            return text[start] == hash ? numeric(in: text, at: start + 1) : named(in: text, at: start)
        }
    }

    /// Decodes only what is meant as a reference without doubt, as ftfy's `unescape_html` does: 1 to 24 ASCII letters and
    /// digits that end in a semicolon; names also in capitals.
    ///
    /// What is decoded is looked at again together with what follows, so that `&amp;amp;lt;` costs one pass.
    static func unescapeUnambiguous(_ text: [UInt32]) -> [UInt32] {
        replaceReferences(in: text) { text, start in
            guard let end = unambiguousEnd(in: text, at: start) else { return nil }
            if text[start] == hash {
                guard let decoded = numeric(in: text, at: start + 1), decoded.end == end + 1,
                    !decoded.scalars.contains(semicolon)
                else { return nil }
                return decoded
            }
            let name = String(text[start..<end])
            guard let scalars = names[name]?.scalars ?? capitalNames[name] else { return nil }
            return Decoded(scalars: scalars, end: end + 1)
        }
    }

    /// What a reference stands for, and where the text goes on.
    private struct Decoded {
        let scalars: [UInt32]
        let end: Int
    }

    private static func replaceReferences(
        in text: [UInt32], decode: (_ text: [UInt32], _ start: Int) -> Decoded?
    ) -> [UInt32] {
        guard let first = text.firstIndex(of: ampersand) else { return text }
        var result = Array(text[..<first])
        result.reserveCapacity(text.count)
        var position = first
        while position < text.count {
            if text[position] == ampersand, let decoded = decode(text, position + 1) {
                result.append(contentsOf: decoded.scalars)
                position = decoded.end
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    /// The position of the semicolon that ends `#?[0-9A-Za-z]{1,24};`, or nil.
    private static func unambiguousEnd(in text: [UInt32], at start: Int) -> Int? {
        let first = start < text.count && text[start] == hash ? start + 1 : start
        var end = first
        while end < text.count, end - first < 24, isASCIILetterOrDigit(text[end]) { end += 1 }
        return end > first && end < text.count && text[end] == semicolon ? end : nil
    }

    private static func isASCIILetterOrDigit(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}

// MARK: Numbers

extension HTMLEntities {
    /// The number behind `&#`.
    private static func numeric(in text: [UInt32], at start: Int) -> Decoded? {
        let isHexadecimal = start < text.count && (text[start] | 0x20) == 0x78
        let radix: UInt32 = isHexadecimal ? 16 : 10
        let first = isHexadecimal ? start + 1 : start
        var number: UInt32 = 0
        var end = first
        while end < text.count, let digit = digit(text[end]), digit < radix {
            number = min(number * radix + digit, 0x11_0000)
            end += 1
        }
        guard end > first else { return nil }
        let next = end < text.count && text[end] == semicolon ? end + 1 : end
        return Decoded(scalars: scalars(for: number), end: next)
    }

    private static func digit(_ scalar: UInt32) -> UInt32? {
        switch scalar {
        case 0x30...0x39: scalar - 0x30
        case 0x41...0x46: scalar - 0x41 + 10
        case 0x61...0x66: scalar - 0x61 + 10
        default: nil
        }
    }

    /// What a numeric reference stands for: C1 controls are read as Windows-1252, impossible code points become U+FFFD,
    /// controls and noncharacters vanish.
    private static func scalars(for number: UInt32) -> [UInt32] {
        switch number {
        case 0, 0xD800...0xDFFF, 0x11_0000...: [0xFFFD]
        case 0x80...0x9F: [Windows1252.scalar(for: number)]
        case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0xFDD0...0xFDEF: []
        default: number & 0xFFFE == 0xFFFE ? [] : [number]
        }
    }
}

// MARK: Names

extension HTMLEntities {
    private struct Named {
        let scalars: [UInt32]
        /// Whether the name counts without its semicolon.
        let standsBare: Bool
    }

    private static let names: [String: Named] = {
        var names: [String: Named] = [:]
        for entry in HTMLEntityTable.source.split(whereSeparator: \.isWhitespace) {
            guard let mark = entry.firstIndex(where: { $0 == ";" || $0 == "!" }) else { continue }
            let scalars = entry[entry.index(after: mark)...].split(separator: ",").compactMap { UInt32($0, radix: 16) }
            names[String(entry[..<mark])] = Named(scalars: scalars, standsBare: entry[mark] == "!")
        }
        return names
    }()

    /// Names of small letters written in capitals, where those mean nothing else: they stand for the capital letter.
    private static let capitalNames: [String: [UInt32]] = {
        var capitals: [String: [UInt32]] = [:]
        for (name, value) in names where name == name.lowercased() {
            let capital = name.uppercased()
            let reference = Array("&\(capital);".unicodeScalars.map(\.value))
            if unescape(reference) == reference {
                capitals[capital] = value.scalars.compactMap(Unicode.Scalar.init).flatMap {
                    $0.properties.uppercaseMapping.unicodeScalars.map(\.value)
                }
            }
        }
        return capitals
    }()

    private static let longestBareName = names.filter(\.value.standsBare).keys.map(\.count).max() ?? 0

    /// The name behind `&`: up to 32 characters, then perhaps a semicolon.
    private static func named(in text: [UInt32], at start: Int) -> Decoded? {
        var end = start
        while end < text.count, end - start < 32, isNameCharacter(text[end]) { end += 1 }
        guard end > start else { return nil }
        if end < text.count, text[end] == semicolon, let value = names[String(text[start..<end])] {
            return Decoded(scalars: value.scalars, end: end + 1)
        }
        for length in stride(from: min(end - start, longestBareName), to: 1, by: -1) {
            if let value = names[String(text[start..<start + length])], value.standsBare {
                return Decoded(scalars: value.scalars, end: start + length)
            }
        }
        return nil
    }

    private static func isNameCharacter(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09, 0x0A, 0x0C, 0x20, 0x3C, 0x26, 0x23, 0x3B: false
        default: true
        }
    }
}

extension String {
    /// A string of code points, of which those that are no scalars are left out.
    init(_ scalars: some Sequence<UInt32>) {
        var view = String.UnicodeScalarView()
        for case let scalar? in scalars.lazy.map(Unicode.Scalar.init) { view.append(scalar) }
        self.init(view)
    }
}
