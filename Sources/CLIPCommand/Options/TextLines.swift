internal import CLIPFiles
internal import Foundation

/// The lines of a text file, as people and their editors write them: a byte-order mark, line ends of any system and spaces
/// at the ends of lines are no part of a text.
enum TextLines {
    /// Reads the file at `path`, or standard input where it is `-`. Blank lines are passed over, or kept where lines are
    /// counted. Throws `FileError` where it is no UTF-8 text, or has no line.
    static func read(_ path: String, keepsBlankLines: Bool = false) throws -> [String] {
        let name = path == "-" ? "standard input" : path
        let bytes = try path == "-" ? standardInput() : contents(ofFile: path, limit: largestSize)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(.badData, path: name, "expected UTF-8 text, found bytes that are none")
        }
        let all = lines(of: text)
        let lines = keepsBlankLines ? all : all.filter { !$0.isEmpty }
        guard lines.contains(where: { !$0.isEmpty }) else {
            throw FileError(.badData, path: name, "expected a text on each line, found none")
        }
        return lines
    }

    static func lines(of text: String) -> [String] {
        let marked = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        var lines = marked.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        // What follows the last line's end is no line.
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// Larger files are not lists of texts.
    private static let largestSize = 1 << 30

    private static func standardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            try Interruption.wait(for: STDIN_FILENO, POLLIN)
            let count = Foundation.read(STDIN_FILENO, &part, part.count)
            if count == 0 { return bytes }
            guard count > 0 || errno == EINTR else { throw FileError.system("standard input") }
            bytes += part.prefix(max(count, 0))
            guard bytes.count <= largestSize else {
                throw FileError(.badData, path: "standard input", "expected at most \(largestSize) bytes, found more")
            }
        }
    }
}
