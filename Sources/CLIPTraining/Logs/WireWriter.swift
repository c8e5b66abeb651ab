/// Writes the fields of a Protocol Buffers message, in the wire format.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    /// A number of seven bits a byte.
    private mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func putKey(_ field: UInt64, wireType: UInt64) { put(field << 3 | wireType) }

    private mutating func putLittleEndian(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ field: UInt64, _ value: Int) {
        putKey(field, wireType: 0)
        put(UInt64(bitPattern: Int64(value)))
    }

    mutating func add(_ field: UInt64, _ value: Double) {
        putKey(field, wireType: 1)
        putLittleEndian(value.bitPattern)
    }

    mutating func add(_ field: UInt64, _ value: Float) {
        putKey(field, wireType: 5)
        putLittleEndian(value.bitPattern)
    }

    mutating func add(_ field: UInt64, _ value: [UInt8]) {
        putKey(field, wireType: 2)
        put(UInt64(value.count))
        bytes += value
    }

    mutating func add(_ field: UInt64, _ value: String) { add(field, Array(value.utf8)) }

    /// Numbers in one field, one after the other.
    mutating func add(_ field: UInt64, packed values: [Double]) {
        var inner = WireWriter()
        for value in values { inner.putLittleEndian(value.bitPattern) }
        add(field, inner.bytes)
    }

    /// A message in a message.
    mutating func add(_ field: UInt64, _ body: (inout WireWriter) -> Void) {
        var inner = WireWriter()
        body(&inner)
        add(field, inner.bytes)
    }
}
