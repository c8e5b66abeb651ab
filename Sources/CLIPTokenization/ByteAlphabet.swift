/// The printable characters that stand for the 256 bytes in a vocabulary file.
///
/// Byte-level BPE writes tokens as text. Printable Latin-1 bytes stand for themselves; the others (controls, space,
/// 0x7F–0xA0 and the soft hyphen) take the code points from U+0100 on, in order. From OpenAI's `bytes_to_unicode`.
package enum ByteAlphabet {
    /// Ends the last token of a word.
    package static let endOfWord = "</w>"

    /// The bytes in the order of their ids: first those that stand for themselves, then the others.
    package static let order: [UInt8] = {
        let printable = (0...255).filter(isPrintable)
        return (printable + (0...255).filter { !isPrintable($0) }).map { UInt8($0) }
    }()

    /// For each byte, the scalar that stands for it.
    package static let scalars: [Unicode.Scalar] = {
        var scalars = (0...255).map { Unicode.Scalar(UInt8($0)) }
        var next: UInt8 = 0
        for byte in 0...255 where !isPrintable(byte) {
            scalars[byte] = Unicode.Scalar(UInt16(256) + UInt16(next)) ?? "?"
            next += 1
        }
        return scalars
    }()

    /// The symbols of ids 0…511 in the order of OpenAI's vocabularies: every byte, then every byte that ends a word.
    package static let symbols: [String] = {
        let bytes = order.map { String(Character(scalars[Int($0)])) }
        return bytes + bytes.map { $0 + endOfWord }
    }()

    /// The byte that a scalar stands for, or nil.
    package static func byte(for scalar: Unicode.Scalar) -> UInt8? {
        scalar.value < UInt32(bytes.count) ? bytes[Int(scalar.value)] : nil
    }

    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 512)
        for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = UInt8(byte) }
        return bytes
    }()

    private static func isPrintable(_ byte: Int) -> Bool {
        (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
    }
}
