/// A piece of a page. A text that is interpolated is escaped, a piece is not: only literals in the sources are markup.
///
/// ```swift
/// let cell: HTML = "<td>\(caption)</td>"
/// ```
package struct HTML: Sendable, Hashable {
    /// The markup.
    package private(set) var source: String

    /// Nothing.
    package static let empty: HTML = ""
}

extension HTML: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { source = value }

    package init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        package init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(2 * literalCapacity) }

        package mutating func appendLiteral(_ literal: String) { source += literal }

        /// A text, escaped for elements and for quoted attributes.
        package mutating func appendInterpolation(_ text: String) { source += text.escapedForHTML }

        /// A number.
        package mutating func appendInterpolation(_ number: Int) { source += String(number) }

        /// A number with so many digits after the point.
        package mutating func appendInterpolation(_ number: Double, digits: Int) { source += number.fixed(digits) }

        /// A piece, as it is.
        package mutating func appendInterpolation(_ html: HTML) { source += html.source }

        /// Pieces, one after the other.
        package mutating func appendInterpolation(_ htmls: [HTML]) {
            for html in htmls { source += html.source }
        }
    }
}

extension String {
    /// The text with the characters that mean something in HTML replaced, and those that it forbids left out.
    fileprivate var escapedForHTML: String {
        var text = ""
        text.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\t", "\n": text.unicodeScalars.append(scalar)
            case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}": text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
