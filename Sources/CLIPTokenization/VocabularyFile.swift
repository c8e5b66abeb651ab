internal import Foundation

/// Reads the files of a vocabulary whole, after a look at what they are and how large.
enum VocabularyFile {
    /// Larger files are no vocabulary: CLIP's are below 3 MB.
    static let largestSize = 256 << 20

    /// The bytes of a regular file.
    static func read(_ url: URL) throws -> Data {
        let resolved = url.resolvingSymlinksInPath()
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved.path) else {
            throw VocabularyError(file: url.path, expected: "a vocabulary file", found: "no such file")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw VocabularyError(file: url.path, expected: "a vocabulary file", found: "something that is no file")
        }
        let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard size <= largestSize else {
            throw VocabularyError(file: url.path, expected: "at most \(largestSize) bytes", found: "\(size) bytes")
        }
        do {
            return try Data(contentsOf: resolved)
        } catch {
            throw VocabularyError(file: url.path, expected: "a readable file", found: error.localizedDescription)
        }
    }

    /// Writes beside and renames, so that the file is the old one or the new one.
    static func write(_ text: String, to url: URL) throws {
        do {
            try Data(text.utf8).write(to: url, options: .atomic)
        } catch {
            throw VocabularyError(
                file: url.path, expected: "to write \(text.utf8.count) bytes", found: error.localizedDescription)
        }
    }

    /// A file's JSON as a value of a known shape.
    static func decode<Value: Decodable>(_ type: Value.Type, from url: URL, expected: String) throws -> Value {
        let data = try read(url)
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw VocabularyError(file: url.path, expected: expected, found: describe(error))
        } catch {
            throw VocabularyError(file: url.path, expected: expected, found: "\(error)")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "" : " at \"\(path.prefix(80))\""
        }
        switch error {
        case .typeMismatch(let type, let context): return "a value that is no \(name(of: type))\(place(context))"
        case .valueNotFound(let type, let context): return "null in place of \(name(of: type))\(place(context))"
        case .keyNotFound(let key, let context): return "no \"\(key.stringValue)\"\(place(context))"
        case .dataCorrupted(let context):
            let reason = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
            return "\(reason ?? context.debugDescription)\(place(context))"
        @unknown default: return "\(error)"
        }
    }

    private static func name(of type: Any.Type) -> String {
        if type == Int.self || type == Int32.self { return "whole number" }
        if type == String.self { return "string" }
        return "\(type)".hasPrefix("Array") ? "list" : "object"
    }
}
