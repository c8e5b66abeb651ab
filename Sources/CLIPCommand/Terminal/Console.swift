internal import CLIPFiles
internal import Foundation

/// The two streams of the tool: results on standard output, everything else on standard error.
enum Console {
    /// Whether standard output is a terminal, where tables are laid out for a person.
    static let isOutputTerminal = isatty(STDOUT_FILENO) == 1

    /// Whether standard error is a terminal, where a bar may move.
    static let isErrorTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// Whether results may be coloured: on a terminal, unless `NO_COLOR` is set (https://no-color.org).
    static let hasColor = isOutputTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

    /// Writes a result to standard output. Throws where it cannot be written: a full disk, a closed stream.
    static func print(_ text: String, terminator: String = "\n") throws {
        try write(Array((text + terminator).utf8), to: STDOUT_FILENO)
    }

    /// The text in bold letters where results may be coloured.
    static func bold(_ text: String) -> String { hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    /// Writes a line about the work to standard error.
    static func note(_ text: String) {
        // A standard error that cannot be written to leaves nobody to tell.
        try? write(Array((text.onOneLine + "\n").utf8), to: STDERR_FILENO)
    }

    /// Writes what went wrong as a line to standard error.
    static func report(_ text: String) { note("clip: \(text)") }

    static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw FileError.system("standard output", writing: true)
            }
        }
    }
}
