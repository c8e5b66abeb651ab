/// The Castagnoli checksum of records in TensorFlow's files (RFC 3720, appendix B.4), and its mask.
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    package static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { value, byte in
            value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)]
        }
    }

    /// The checksum turned and moved, as records hold it: one over bytes that hold checksums themselves tells little.
    static func masked(_ bytes: [UInt8]) -> UInt32 {
        let value = checksum(bytes)
        return (value >> 15 | value << 17) &+ 0xA282_EAD8
    }
}
