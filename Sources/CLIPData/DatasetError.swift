/// What is wrong with a data set or its description, in one line that names the file, what was expected and what was found.
public struct DatasetError: Error, CustomStringConvertible, Sendable, Hashable {
    /// The line.
    public let description: String

    /// An error about `name`: a file, a column, a sample.
    package init(_ name: String, _ reason: String) {
        description = Self.oneLine("\(name): \(reason)")
    }

    /// The text with its control characters, which a file's name or content may have, written as escapes.
    static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        return text.unicodeScalars
            .map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }.joined()
    }
}
