/// Code points as bytes.
enum UTF8Encoding {
    /// Appends the UTF-8 of a code point; one that is no scalar becomes U+FFFD.
    @inline(__always)
    static func append(_ codePoint: UInt32, to bytes: inout [UInt8]) {
        if codePoint < 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: codePoint))
        } else {
            bytes.append(contentsOf: UTF8.encodeReplacing(Unicode.Scalar(codePoint)))
        }
    }
}

extension UTF8 {
    /// The code units of a scalar, or of U+FFFD where there is none.
    fileprivate static func encodeReplacing(_ scalar: Unicode.Scalar?) -> UTF8.EncodedScalar {
        scalar.flatMap(encode) ?? encodedReplacementCharacter
    }
}
