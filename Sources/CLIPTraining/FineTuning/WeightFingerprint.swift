import CLIPModels
import CLIPTensor

/// A number that tells whether weights are the same to the bit: of those that a checkpoint does not keep, because training
/// does not change them. Not for defence against anyone who wants two to be alike.
enum WeightFingerprint {
    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The number in hexadecimal digits; nil without a tensor.
    static func of(_ tensors: [NamedTensor]) throws -> String? {
        if tensors.isEmpty { return nil }
        var state = factor
        for named in tensors {
            for byte in named.name.utf8 { mix(&state, UInt64(byte)) }
            try named.tensor.detached().moved(to: .cpu).contiguous().withBytes { bytes in
                let words = bytes.count / 8
                for word in 0..<words { mix(&state, bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)) }
                for byte in bytes[(words * 8)...] { mix(&state, UInt64(byte)) }
            }
        }
        return String(state, radix: 16)
    }

    private static func mix(_ state: inout UInt64, _ word: UInt64) {
        state = (state ^ word) &* factor
        state ^= state >> 32
    }
}
