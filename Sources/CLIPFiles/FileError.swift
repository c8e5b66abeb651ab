internal import Foundation

/// Why a file or a folder could not be read or written, in one line that names it.
public struct FileError: Error, CustomStringConvertible, Hashable, Sendable {
    /// What went wrong, so that a program can choose its answer (the tool chooses its exit status by it).
    public struct Code: Hashable, Sendable {
        private let name: String

        /// There is no such file or folder.
        public static let notFound = Code(name: "notFound")
        /// The file is there and may not, or cannot, be read.
        public static let unreadable = Code(name: "unreadable")
        /// The file was read and is not what it should be.
        public static let badData = Code(name: "badData")
        /// The file cannot be written: no space, no right, no such folder.
        public static let unwritable = Code(name: "unwritable")
    }

    public var code: Code
    /// The file or folder.
    public var path: String
    /// What was expected and what was found.
    public var reason: String

    /// An error about a file, with a reason of one line.
    public init(_ code: Code, path: String, _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    /// "path: reason", on one line whatever the path and the reason hold.
    public var description: String { "\(path): \(reason)".onOneLine }
}

extension FileError {
    /// The reason of the C library for the call that has just failed on `path`.
    package static func system(_ path: String, writing: Bool = false, number: Int32 = errno) -> FileError {
        let reason = String(cString: strerror(number))
        if writing { return FileError(.unwritable, path: path, "cannot be written: \(reason)") }
        if number == ENOENT || number == ENOTDIR {
            return FileError(.notFound, path: path, "expected a file, found none (\(reason))")
        }
        return FileError(.unreadable, path: path, "cannot be read: \(reason)")
    }
}

extension String {
    /// The text with line breaks and control characters shown as escapes and a bound on its length, for a line of
    /// an error message that quotes outside data.
    package var onOneLine: String {
        var line = ""
        for scalar in unicodeScalars.prefix(2000) {
            let isControl = scalar.properties.generalCategory == .control
            let breaksLine = scalar == "\u{2028}" || scalar == "\u{2029}"
            line += isControl || breaksLine ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return line
    }

    /// At most `count` characters of outside data, on one line and in quotes.
    package func quoted(_ count: Int = 80) -> String {
        let shown = unicodeScalars.prefix(count)
        return
            "\"\(String(String.UnicodeScalarView(shown)).onOneLine)\(shown.count < unicodeScalars.count ? "…" : "")\""
    }
}
