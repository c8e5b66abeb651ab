/// What is done to a text before its tokenizer sees it, beside what the tokenizer's own files say.
public enum TextCanonicalization: Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// Small letters, and nothing else.
    case lowercase
    /// open_clip's `clean: "whitespace"`: repaired, HTML references resolved, white space collapsed.
    case whitespace
    /// open_clip's `clean: "lower"`: as `whitespace`, in small letters.
    case lower
    /// open_clip's `clean: "canonicalize"`: as `lower`, `_` becomes a space, ASCII punctuation goes.
    case canonicalize

    /// The value that open_clip's configuration calls by a name.
    init?(openCLIP name: String) {
        switch name {
        case "whitespace": self = .whitespace
        case "lower": self = .lower
        case "canonicalize": self = .canonicalize
        default: return nil
        }
    }

    /// The text as the tokenizer sees it.
    public func callAsFunction(_ text: String) -> String {
        switch self {
        case .none: return text
        case .lowercase: return String(codePoints: Lowercasing.lowercased(text.unicodeScalars.map(\.value)))
        case .whitespace: return String(codePoints: Self.collapsed(TextCleaner.repaired(text)))
        case .lower: return String(codePoints: Lowercasing.lowercased(Self.collapsed(TextCleaner.repaired(text))))
        case .canonicalize:
            let spaced = TextCleaner.repaired(text).map { $0 == 0x5F ? 0x20 : $0 }
            let lower = Lowercasing.lowercased(Self.withoutPunctuation(spaced))
            return String(codePoints: Self.collapsed(lower))
        }
    }

    /// Without the 32 marks of ASCII.
    static func withoutPunctuation(_ text: [UInt32]) -> [UInt32] { text.filter { !isPunctuation($0) } }

    private static func isPunctuation(_ codePoint: UInt32) -> Bool {
        switch codePoint {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    /// Each run of Python's white space as one space, none at the ends.
    static func collapsed(_ text: [UInt32]) -> [UInt32] { TextCleaner.collapseSpace(text) }
}

extension String {
    /// The text of code points; what is no scalar becomes U+FFFD.
    init(codePoints: some Sequence<UInt32>) {
        var scalars = UnicodeScalarView()
        scalars.append(contentsOf: codePoints.lazy.map { Unicode.Scalar($0) ?? "\u{FFFD}" })
        self.init(scalars)
    }
}
