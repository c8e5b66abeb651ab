internal import CLIPFiles
internal import Foundation

/// A normaliser of a `tokenizer.json`, as the library tokenizers understands it.
enum TextNormalizer: Sendable {
    case lowercase
    case strip(left: Bool, right: Bool)
    case replace(Pattern, by: [UInt32])
    case prepend([UInt32])
    case precompiled(CharacterMap)
    case composed
    case compatibilityComposed

    /// What is replaced.
    enum Pattern: Sendable {
        case text([UInt32])
        case run(CharacterRun)
    }

    /// How many times longer the text may become. Real normalisers stay far below; without an end a few short
    /// replacements one after another would make a text of any length.
    private static let growth = 32

    /// The text after all normalisers.
    static func normalize(_ text: [UInt8], by normalizers: [TextNormalizer]) -> [UInt8] {
        guard !normalizers.isEmpty else { return text }
        var scalars = String(decoding: text, as: UTF8.self).unicodeScalars.map(\.value)
        let limit = scalars.count * growth + 1_024
        for normalizer in normalizers {
            scalars = normalizer.apply(to: scalars)
            if scalars.count > limit { scalars.removeSubrange(limit...) }
        }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for scalar in scalars { UTF8Encoding.append(scalar, to: &result) }
        return result
    }

    private func apply(to text: [UInt32]) -> [UInt32] {
        switch self {
        case .lowercase: text.flatMap(Self.lowercased)
        case .strip(let left, let right): Self.strip(text, left: left, right: right)
        case .replace(let pattern, let content): Self.replace(pattern, by: content, in: text)
        case .prepend(let prefix): text.isEmpty ? text : prefix + text
        case .precompiled(let map): Self.map(text, by: map)
        case .composed: Normalization.composed(text)
        case .compatibilityComposed: Normalization.composed(text.flatMap(Self.compatibilityDecomposed))
        }
    }

    /// Each character by itself: a final sigma is like any other.
    private static func lowercased(_ codePoint: UInt32) -> [UInt32] {
        if codePoint < 0x80 { return [(0x41...0x5A).contains(codePoint) ? codePoint | 0x20 : codePoint] }
        guard let scalar = Unicode.Scalar(codePoint), scalar.properties.changesWhenLowercased else {
            return [codePoint]
        }
        return scalar.properties.lowercaseMapping.unicodeScalars.map(\.value)
    }

    private static func compatibilityDecomposed(_ codePoint: UInt32) -> [UInt32] {
        guard codePoint >= 0xA0, let scalar = Unicode.Scalar(codePoint) else { return [codePoint] }
        return String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars.map(\.value)
    }

    private static func strip(_ text: [UInt32], left: Bool, right: Bool) -> [UInt32] {
        func isSpace(_ codePoint: UInt32) -> Bool { Unicode.Scalar(codePoint)?.properties.isWhitespace == true }
        var part = text[...]
        if left { part = part.drop(while: isSpace) }
        if right {
            part = part.prefix((part.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? part.startIndex) - part.startIndex)
        }
        return Array(part)
    }

    private static func replace(_ pattern: Pattern, by content: [UInt32], in text: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            if let end = pattern.end(in: text, from: position) {
                result.append(contentsOf: content)
                position = end
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    /// A grapheme of at most five bytes is replaced whole if any prefix of it has an entry (by the shortest one's); of a
    /// longer one, and of one without entry, each character.
    private static func map(_ text: [UInt32], by map: CharacterMap) -> [UInt32] {
        var result: [UInt8] = []
        for grapheme in String(codePoints: text) {
            let bytes = Array(grapheme.utf8)
            if bytes.count < 6, let match = map.shortestMatch(in: bytes, bytes.indices) {
                result.append(contentsOf: map.bytes(match))
                continue
            }
            var start = 0
            while start < bytes.count {
                let end = UTF8Encoding.end(of: bytes, from: start)
                let match = map.shortestMatch(in: bytes, start..<end)
                result.append(contentsOf: match.map(map.bytes) ?? bytes[start..<end])
                start = end
            }
        }
        return String(decoding: result, as: UTF8.self).unicodeScalars.map(\.value)
    }
}

extension TextNormalizer.Pattern {
    func end(in text: [UInt32], from start: Int) -> Int? {
        switch self {
        case .run(let run): run.end(in: text, from: start)
        case .text(let wanted):
            text[start...].starts(with: wanted) ? start + wanted.count : nil
        }
    }
}
