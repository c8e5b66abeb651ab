extension Decoder {
    /// A value that is one of a type's words. Another one is refused with all that there are.
    package func word<Word: RawRepresentable & CaseIterable>() throws -> Word where Word.RawValue == String {
        let container = try singleValueContainer()
        let text = try container.decode(String.self)
        if let word = Word(rawValue: text) { return word }
        let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
        throw DecodingError.dataCorruptedError(
            in: container, debugDescription: "expected one of \(known), found \(text.quoted())")
    }
}
