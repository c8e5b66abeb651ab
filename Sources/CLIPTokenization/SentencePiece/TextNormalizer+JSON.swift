internal import CLIPFiles
internal import Foundation

extension TextNormalizer {
    private static let longestReplacement = 8
    private static let longestPattern = 64
    private static let mostNormalizers = 64

    /// The normalisers of a `tokenizer.json`, in their order.
    ///
    /// - Throws: `VocabularyError` for one that is not implemented, by its name.
    static func list(_ json: JSON?) throws -> [TextNormalizer] {
        guard let json, json != .null else { return [] }
        let list = try flattened(json, depth: 0)
        guard list.count <= mostNormalizers else {
            throw VocabularyError(expected: "at most \(mostNormalizers) normalizers", found: "\(list.count)")
        }
        return list
    }

    private static func flattened(_ json: JSON, depth: Int) throws -> [TextNormalizer] {
        var fields = try JSONFields(json, at: "normalizer")
        let type = try fields.required("type", fields.string("type"))
        guard type == "Sequence" else { return [try one(type, json)] }
        guard depth < 8 else { throw VocabularyError(expected: "at most 8 levels of normalizers", found: "more") }
        let parts = try fields.required("normalizers", fields.array("normalizers"))
        try fields.finish()
        return try parts.flatMap { try flattened($0, depth: depth + 1) }
    }

    private static func one(_ type: String, _ json: JSON) throws -> TextNormalizer {
        var fields = try JSONFields(json, at: "normalizer.\(type.prefix(40))")
        _ = fields.take("type")
        let normalizer: TextNormalizer
        switch type {
        case "Lowercase": normalizer = .lowercase
        case "NFC": normalizer = .composed
        case "NFKC": normalizer = .compatibilityComposed
        case "Strip":
            let left = try fields.bool("strip_left", default: true)
            normalizer = .strip(left: left, right: try fields.bool("strip_right", default: true))
        case "Replace": normalizer = try replacement(&fields)
        case "Prepend": normalizer = .prepend(try content("prepend", &fields))
        case "Precompiled":
            let text = try fields.required("precompiled_charsmap", fields.string("precompiled_charsmap"))
            guard let data = Data(base64Encoded: text) else {
                throw VocabularyError(expected: "base64 as \"precompiled_charsmap\"", found: "something else")
            }
            normalizer = .precompiled(try CharacterMap(Array(data)))
        default:
            throw VocabularyError(
                expected: "a known normalizer", found: "\(type.quoted(40)), which is not implemented")
        }
        try fields.finish()
        return normalizer
    }

    private static func replacement(_ fields: inout JSONFields) throws -> TextNormalizer {
        let content = try content("content", &fields)
        let json = try fields.required("pattern", fields.take("pattern"))
        var pattern = try JSONFields(json, at: "\(fields.place).pattern")
        if let text = try pattern.string("String") {
            try pattern.finish()
            let scalars = text.unicodeScalars.map(\.value)
            guard (1...longestPattern).contains(scalars.count) else {
                throw pattern.unknown("a text of 1 to \(longestPattern) characters", text)
            }
            return .replace(.text(scalars), by: content)
        }
        let expression = try pattern.required("Regex", pattern.string("Regex"))
        try pattern.finish()
        guard let run = CharacterRun(expression) else {
            throw pattern.unknown("one class of characters and a count", expression)
        }
        return .replace(.run(run), by: content)
    }

    private static func content(_ name: String, _ fields: inout JSONFields) throws -> [UInt32] {
        let text = try fields.required(name, fields.string(name))
        guard text.unicodeScalars.count <= longestReplacement else {
            throw fields.unknown("at most \(longestReplacement) characters as \"\(name)\"", text)
        }
        return text.unicodeScalars.map(\.value)
    }
}
