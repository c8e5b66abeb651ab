/// Why a vocabulary could not be read, written, built or learned: one line with the file, what was expected of it and
/// what was found.
public struct VocabularyError: Error, Hashable, CustomStringConvertible {
    /// The file at fault, as a path; nil when the vocabulary came from memory.
    public let file: String?

    /// What a good vocabulary has there.
    public let expected: String

    /// What is there instead.
    public let found: String

    /// Says what was expected of a file and what was found; line breaks and control characters are taken out.
    public init(file: String? = nil, expected: String, found: String) {
        self.file = file.map(Self.singleLine)
        self.expected = Self.singleLine(expected)
        self.found = Self.singleLine(found)
    }

    /// One line for a person.
    public var description: String {
        "\(file ?? "vocabulary"): expected \(expected), found \(found)"
    }

    /// The same complaint about a named file.
    func naming(_ path: String) -> VocabularyError {
        VocabularyError(file: file ?? path, expected: expected, found: found)
    }

    /// Keeps a quoted piece of a hostile file from filling the screen or steering the terminal.
    private static func singleLine(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(400) {
            let isControl = scalar.properties.generalCategory == .control || scalar.value == 0x2028
            line.append(isControl ? " " : scalar)
        }
        return String(line)
    }
}
