internal import CLIPFiles

/// What contradicts PyTorch's formats, in one line that does not name the file.
package struct TorchFormatError: Error, CustomStringConvertible {
    /// "expected …, found …"
    package let description: String

    init(expected: String, found: String) { description = "expected \(expected), found \(found)" }
}

extension StringProtocol {
    /// At most 120 characters of outside data, on one line, for an error that quotes a name.
    var brief: String {
        let shown = unicodeScalars.prefix(120)
        let isCut = shown.endIndex < unicodeScalars.endIndex
        return String(String.UnicodeScalarView(shown)).onOneLine + (isCut ? "…" : "")
    }
}
