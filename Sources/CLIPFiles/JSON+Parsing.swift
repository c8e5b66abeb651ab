extension JSON {
    /// Why bytes are not the JSON that is accepted here.
    package struct SyntaxError: Error, CustomStringConvertible {
        /// What was expected, and at which byte.
        package var description: String
    }

    /// Parses JSON (RFC 8259) strictly, in one pass.
    ///
    /// Refused beside what the standard refuses: a name whose bytes occur twice in an object, more than 64 levels, more than
    /// `limit` values, numbers beyond a double. Integers that need more than 64 bits become ``JSON/number(_:)``.
    package init(parsing bytes: UnsafeRawBufferPointer, limit: Int = 1 << 22) throws(SyntaxError) {
        var parser = Parser(bytes: bytes, remaining: limit)
        self = try parser.document()
    }

    /// Parses the whole of a file; what is wrong is told in one line that names the file.
    package init(file path: String, limit: Int = 256 << 20) throws {
        let bytes = try contents(ofFile: path, limit: limit)
        do {
            self = try bytes.withUnsafeBytes { buffer throws(SyntaxError) in try JSON(parsing: buffer) }
        } catch let error as SyntaxError {
            throw FileError(.badData, path: path, "expected JSON: \(error)")
        }
    }
}

private struct Parser {
    let bytes: UnsafeRawBufferPointer
    /// How many values may still come.
    var remaining: Int
    var position = 0
    var depth = 0

    init(bytes: UnsafeRawBufferPointer, remaining: Int) {
        self.bytes = bytes
        self.remaining = remaining
    }

    mutating func document() throws(JSON.SyntaxError) -> JSON {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw expected("the end") }
        return value
    }

    private func expected(_ what: String) -> JSON.SyntaxError {
        let found = position < bytes.count ? "the byte 0x\(String(bytes[position], radix: 16))" : "the end"
        return JSON.SyntaxError(description: "expected \(what) at byte \(position), found \(found)")
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(JSON.SyntaxError) -> JSON {
        remaining -= 1
        guard remaining >= 0 else { throw JSON.SyntaxError(description: "too many values up to byte \(position)") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try nested { parser throws(JSON.SyntaxError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSON.SyntaxError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(_ body: (inout Parser) throws(JSON.SyntaxError) -> JSON) throws(JSON.SyntaxError)
        -> JSON
    {
        depth += 1
        guard depth <= 64 else { throw expected("at most 64 levels") }
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSON.SyntaxError) -> JSON {
        var members: [JSON.Member] = []
        var names: Set<ExactString> = []
        if take(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw expected("a name in quotes") }
            let name = try string()
            guard names.insert(ExactString(name)).inserted else {
                throw JSON.SyntaxError(description: "the name \(name.quoted()) occurs twice, before byte \(position)")
            }
            guard take(UInt8(ascii: ":")) else { throw expected("a colon") }
            members.append(JSON.Member(name, try value()))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw expected("a comma or a closing brace") }
        return .object(members)
    }

    private mutating func array() throws(JSON.SyntaxError) -> JSON {
        if take(UInt8(ascii: "]")) { return .array([]) }
        var elements: [JSON] = []
        repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw expected("a comma or a closing bracket") }
        return .array(elements)
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
        let end = position + word.utf8CodeUnitCount
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(letters) else { throw expected("a value") }
        position = end
        return value
    }
}

/// Numbers.
extension Parser {
    private mutating func number() throws(JSON.SyntaxError) -> JSON {
        let start = position
        var isInteger = true
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        if isInteger, let integer = UInt64(text) { return .unsigned(integer) }
        guard let number = Double(text), number.isFinite else {
            throw JSON.SyntaxError(description: "the number at byte \(start) is beyond a double")
        }
        return .number(number)
    }

    private mutating func digits() throws(JSON.SyntaxError) {
        let start = position
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw expected("a value") }
    }
}

/// Strings.
extension Parser {
    private mutating func string() throws(JSON.SyntaxError) -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if next == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try decoded(bytes[start..<position])
        }
        return try escapedString(from: start)
    }

    /// The rest of a string in which an escape was met.
    private mutating func escapedString(from start: Int) throws(JSON.SyntaxError) -> String {
        var text = [UInt8](bytes[start..<position])
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw expected("no control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: String(Character(try escape())).utf8)
            } else {
                text.append(byte)
            }
        }
        guard next == UInt8(ascii: "\"") else { throw expected("the closing quote of a string") }
        position += 1
        return try decoded(text)
    }

    private func decoded(_ bytes: some Collection<UInt8>) throws(JSON.SyntaxError) -> String {
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw JSON.SyntaxError(description: "the string before byte \(position) is not UTF-8")
        }
        return string
    }

    private mutating func escape() throws(JSON.SyntaxError) -> Unicode.Scalar {
        guard let letter = next else { throw expected("an escape") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default:
            position -= 1
            throw expected("an escape")
        }
    }

    /// The scalar of `\uXXXX`, or of a pair of surrogates; a lone surrogate is refused.
    private mutating func unicodeEscape() throws(JSON.SyntaxError) -> Unicode.Scalar {
        let first = try hexadecimalUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, next == UInt8(ascii: "\\") else { throw expected("the second of two surrogates") }
        position += 1
        guard next == UInt8(ascii: "u") else { throw expected("the second of two surrogates") }
        position += 1
        let second = try hexadecimalUnit()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw expected("the second of two surrogates") }
        return scalar
    }

    private mutating func hexadecimalUnit() throws(JSON.SyntaxError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw expected("four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
