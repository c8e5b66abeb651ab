/// Why an image could not be read or written, in one line: the file's name, what was expected, and what was found.
public struct ImagingError: Error, CustomStringConvertible, Sendable, Hashable {
    /// What went wrong, for a program to act on.
    public enum Code: String, Sendable, Hashable {
        /// The data are of no format that is read here.
        case unknownFormat
        /// The header claims more pixels, or the file has more bytes, than the limits allow.
        case tooLarge
        /// The data end before the image does.
        case truncated
        /// The data break the rules of their format.
        case broken
        /// Memory ran out.
        case outOfMemory
        /// The image could not be encoded.
        case notEncoded
    }

    /// What went wrong, for a program to act on.
    public let code: Code
    /// The file, as the caller named it.
    public let name: String
    /// What was expected.
    public let expected: String
    /// What was found instead.
    public let found: String

    package init(_ code: Code, name: String, expected: String, found: String) {
        self.code = code
        self.name = name
        self.expected = expected
        self.found = found
    }

    /// One line: the name, what was expected, what was found.
    public var description: String { Self.oneLine("\(name): expected \(expected), found \(found)") }

    /// The text with whatever could break a line (a file's name may have anything) written as escapes.
    private static func oneLine(_ text: String) -> String {
        func isBreaking(_ scalar: Unicode.Scalar) -> Bool {
            [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        }
        guard text.unicodeScalars.contains(where: isBreaking) else { return text }
        return text.unicodeScalars.map { isBreaking($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
    }
}
