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

    /// Takes the place of streams that were closed before the start, so that no file is opened under their numbers and gets
    /// what is meant for them. They are opened the wrong way round, so that using one fails as before.
    static func openMissingStreams() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

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

    /// Writes all of the bytes. Throws where they cannot be written, or the user ends the wait for a reader.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try Interruption.wait(for: descriptor, POLLOUT)
            // No more at once than a pipe takes without waiting when it is ready.
            let count = rest.prefix(4096).withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw FileError.system("standard output", writing: true)
            }
        }
    }
}
