package import Foundation

/// The names and keywords of CLDR's annotation file (`common/annotations/en.xml`), by single code point.
///
/// The file has one `<annotation>` element a line; this reads that form and no other XML.
package struct EmojiAnnotations {
    /// The short name of each code point (`type="tts"`).
    package private(set) var names: [Unicode.Scalar: String] = [:]
    /// The keywords of each code point, in the file's order.
    package private(set) var keywords: [Unicode.Scalar: [String]] = [:]

    /// No annotation file comes near this many bytes.
    static let largestFile = 32 << 20

    /// Reads the file.
    /// - Throws: ``EmojiError`` where it is missing, too large, not UTF-8, cut short or not of the expected form.
    package init(contentsOf file: URL) throws {
        try checkFile(file, limit: Self.largestFile, package: "unicode-cldr-core")
        guard let data = try? Data(contentsOf: file) else { throw EmojiError(file.path, "the file cannot be read") }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw EmojiError(file.path, "expected CLDR annotations, found text that is not UTF-8")
        }
        try read(text.utf8, of: file.path)
    }

    private mutating func read(_ text: String.UTF8View, of path: String) throws {
        var last: Substring?
        var number = 0
        for bytes in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard let line = Self.withoutComment(Self.trimmed(bytes)) else { continue }
            last = line
            guard line.utf8.starts(with: "<annotation ".utf8) else { continue }
            guard add(line) else {
                throw EmojiError(
                    path, "line \(number): expected <annotation cp=\"…\">…</annotation>, found \(line.prefix(60))")
            }
        }
        guard last == "</ldml>" else { throw EmojiError(path, "expected </ldml> at the end: the file is cut short") }
        guard !names.isEmpty else { throw EmojiError(path, "expected CLDR annotations, found none") }
    }

    /// The line without a comment at its end.
    private static func withoutComment(_ line: Substring?) -> Substring? {
        guard let line, line.hasSuffix("-->"), let start = line.range(of: "<!--", options: .backwards) else {
            return line
        }
        return trimmed(line[..<start.lowerBound].utf8)
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> Substring? {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return nil }
        return Substring(bytes[first...last])
    }

    /// Takes one element; false where the line is not one. Sequences of several code points are passed over.
    private mutating func add(_ line: Substring) -> Bool {
        var rest = line.utf8.dropFirst("<annotation ".utf8.count)
        var attributes: [Substring: Substring] = [:]
        while let equals = rest.firstIndex(of: UInt8(ascii: "=")), rest.first != UInt8(ascii: ">") {
            let name = Substring(rest[..<equals])
            rest = rest[rest.index(after: equals)...]
            guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
                return false
            }
            attributes[name] = Substring(rest[..<end])
            rest = rest[end...].dropFirst().drop { $0 == 0x20 }
        }
        let close = "</annotation>"
        guard let character = attributes["cp"].flatMap({ Self.unescaped($0) }), rest.popFirst() == UInt8(ascii: ">"),
            Substring(rest).hasSuffix(close), let text = Self.unescaped(Substring(rest.dropLast(close.utf8.count)))
        else { return false }
        let scalars = character.unicodeScalars.filter { $0 != "\u{FE0F}" }
        guard let scalar = scalars.first, scalars.count == 1 else { return true }
        if attributes["type"] == "tts" {
            names[scalar] = text
        } else {
            keywords[scalar] = text.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return true
    }

    /// The text with XML's five named entities and its numeric ones resolved; nil where an entity is unknown or a tag
    /// stands inside.
    private static func unescaped(_ text: Substring) -> String? {
        guard !text.utf8.contains(UInt8(ascii: "<")) else { return nil }
        guard text.utf8.contains(UInt8(ascii: "&")) else { return String(text) }
        let named: [Substring: String] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        var pieces = text.split(separator: "&", omittingEmptySubsequences: false)[...]
        var result = String(pieces.removeFirst())
        for piece in pieces {
            guard let end = piece.firstIndex(of: ";") else { return nil }
            let entity = piece[..<end]
            guard let value = named[entity] ?? numeric(entity) else { return nil }
            result += value + piece[piece.index(after: end)...]
        }
        return result
    }

    private static func numeric(_ entity: Substring) -> String? {
        let isHexadecimal = entity.hasPrefix("#x")
        guard entity.hasPrefix("#"),
            let value = UInt32(entity.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
            let scalar = Unicode.Scalar(value)
        else { return nil }
        return String(Character(scalar))
    }
}

/// Checks a file that a Debian package brings before it is opened.
/// - Throws: ``EmojiError``, which names the package, where the file is missing, a folder or too large.
func checkFile(_ file: URL, limit: Int, package: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else {
        throw EmojiError(file.path, "no such file; the Debian package \(package) brings it")
    }
    guard !isFolder.boolValue else {
        throw EmojiError(file.path, "expected the file that the Debian package \(package) brings, found a folder")
    }
    let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    if let size = attributes?[.size] as? Int, size > limit {
        throw EmojiError(file.path, "expected at most \(limit) bytes, found \(size)")
    }
}
