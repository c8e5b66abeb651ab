/// Reads the fields of a Protocol Buffers message, in the wire format, within the bytes that it was given.
///
/// Nothing is allocated by what a length claims: a field's content is a slice of the bytes.
struct WireReader {
    private var rest: ArraySlice<UInt8>

    /// A field's value by its wire type.
    enum Value {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fixed32(UInt32)
        case fixed64
    }

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field's number and value; nil at the end.
    mutating func next() throws -> (field: UInt64, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let key = try number()
        guard key >> 3 != 0 else { throw fault("a field number", "0") }
        switch key & 7 {
        case 0: return (key >> 3, .number(try number()))
        case 1:
            _ = try take(8)
            return (key >> 3, .fixed64)
        case 2: return (key >> 3, .bytes(try take(try number())))
        case 5: return (key >> 3, .fixed32(try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }))
        default: throw fault("a wire type of 0, 1, 2 or 5", "\(key & 7)")
        }
    }

    /// A number of seven bits a byte, at most ten bytes.
    private mutating func number() throws -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { throw fault("the rest of a number", "the end") }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
        }
        throw fault("a number of at most 10 bytes", "a longer one")
    }

    private mutating func take(_ count: UInt64) throws -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else { throw fault("\(count) more bytes", "\(rest.count)") }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }

    private func fault(_ expected: String, _ found: String) -> VocabularyError {
        VocabularyError(expected: "\(expected) at byte \(rest.startIndex)", found: found)
    }
}

extension WireReader.Value {
    /// The value where the field is of this kind; the reference passes over a field of another.
    var bytes: ArraySlice<UInt8>? { if case .bytes(let bytes) = self { bytes } else { nil } }
    var bool: Bool? { if case .number(let number) = self { number != 0 } else { nil } }
    var float: Float? { if case .fixed32(let bits) = self { Float(bitPattern: bits) } else { nil } }
    var int: Int? {
        if case .number(let number) = self { Int(Int32(truncatingIfNeeded: number)) } else { nil }
    }
}
