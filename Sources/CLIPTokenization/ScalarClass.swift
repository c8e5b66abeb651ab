/// What a word is made of: the classes that the splitter tells apart.
enum ScalarClass: UInt8 {
    case other
    case letter
    case number
    case space
    /// Nothing that CLIP's expression finds, though no white space: the combining iota below. Without regard to case it
    /// is an iota, so that the class of all but letters does not hold it, and the class of letters does not either.
    case skipped

    /// The class of a code point: `\p{L}`, `\p{N}`, Python's white space, or anything else, by the Unicode version of
    /// the Swift runtime.
    @inline(__always)
    init(_ codePoint: UInt32) {
        self = codePoint < 0x1_0000 ? Self.basicPlane[Int(codePoint)] : Self.lookUp(codePoint)
    }

    /// Whether words hold it.
    var isInWords: Bool { self != .space && self != .skipped }

    private static let basicPlane: [ScalarClass] = (0..<0x1_0000).map { lookUp(UInt32($0)) }

    private static func lookUp(_ codePoint: UInt32) -> ScalarClass {
        guard let scalar = Unicode.Scalar(codePoint) else { return .other }
        if scalar == "\u{345}" { return .skipped }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return isPythonSpace(scalar) ? .space : .other
        }
    }

    /// Python's `str.isspace`: Unicode's white space and the four ASCII information separators.
    private static func isPythonSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
}
