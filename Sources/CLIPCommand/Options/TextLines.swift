internal import CLIPFiles
internal import Foundation

/// The lines of a text file, as people and their editors write them: a byte-order mark, line ends of any system, spaces at
/// the ends of lines and blank lines are no part of a text.
enum TextLines {
    /// Reads the file at `path`, or standard input where it is `-`. Throws `FileError` where it is no UTF-8 text, or has
    /// no line.
    static func read(_ path: String) throws -> [String] {
        let name = path == "-" ? "standard input" : path
        let bytes = try path == "-" ? standardInput() : contents(ofFile: path, limit: largestSize)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(.badData, path: name, "expected UTF-8 text, found bytes that are none")
        }
        let lines = lines(of: text)
        guard !lines.isEmpty else { throw FileError(.badData, path: name, "expected a text on each line, found none") }
        return lines
    }

    static func lines(of text: String) -> [String] {
        let marked = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        return marked.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    /// Larger files are not lists of texts.
    private static let largestSize = 1 << 30

    private static func standardInput() throws -> [UInt8] {
        do {
            let data = try FileHandle.standardInput.read(upToCount: largestSize + 1) ?? Data()
            guard data.count <= largestSize else {
                throw FileError(.badData, path: "standard input", "expected at most \(largestSize) bytes, found more")
            }
            return [UInt8](data)
        } catch let error as FileError {
            throw error
        } catch {
            throw FileError(.unreadable, path: "standard input", "cannot be read: \(error.localizedDescription)")
        }
    }
}
