/// A place in bytes from outside; every step is checked against their end.
///
/// The bytes must stay valid while the cursor is used.
struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer
    /// The next byte to be read, counted from the start of the bytes.
    private(set) var position: Int
    /// What the bytes are part of, for errors.
    private let place: StaticString

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0, of place: StaticString) throws {
        self.bytes = bytes
        self.position = position
        self.place = place
        guard 0...bytes.count ~= position else {
            throw TorchFormatError(expected: "\(place) within \(bytes.count) bytes", found: "it at \(position)")
        }
    }

    /// The number of bytes that are left.
    var remaining: Int { bytes.count - position }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard 0...remaining ~= count else {
            throw TorchFormatError(
                expected: "\(count) bytes at byte \(position) of \(place)", found: "\(remaining)")
        }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    /// The next bytes, as many as a number in front of them says.
    mutating func takeCounted<Count: FixedWidthInteger>(_ type: Count.Type) throws -> UnsafeRawBufferPointer {
        try take(Int(clamping: integer(type)))
    }

    /// A little-endian integer.
    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        try Value(littleEndian: take(MemoryLayout<Value>.size).loadUnaligned(as: type))
    }

    /// The bytes up to the next line feed, which is passed over.
    mutating func line() throws -> UnsafeRawBufferPointer {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw TorchFormatError(expected: "a line feed after byte \(position) of \(place)", found: "none")
        }
        let line = try take(end - position)
        position += 1
        return line
    }
}

extension String {
    /// The text of bytes that must be UTF-8.
    init(utf8 bytes: UnsafeRawBufferPointer, of place: StaticString) throws {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TorchFormatError(expected: "text in UTF-8 in \(place)", found: "other bytes")
        }
        self = text
    }
}
