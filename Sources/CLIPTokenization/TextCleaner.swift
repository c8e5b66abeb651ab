/// CLIP's cleaning of a text before it is split: repair, HTML references twice, white space, small letters.
package enum TextCleaner {
    /// The cleaned text as code points.
    package static func clean(_ text: String) -> [UInt32] {
        if let simple = cleanSimple(text) { return simple }
        return Lowercasing.lowercased(collapseSpace(repaired(text)))
    }

    /// The text repaired and its HTML references resolved twice, as code points.
    static func repaired(_ text: String) -> [UInt32] {
        let scalars = TextRepair.repair(text.unicodeScalars.map(\.value))
        return HTMLEntities.unescape(HTMLEntities.unescape(scalars))
    }

    /// The short way for text of printable ASCII without `&`, or nil: then only white space and capitals change.
    private static func cleanSimple(_ text: String) -> [UInt32]? {
        var text = text
        return text.withUTF8 { bytes in
            var result: [UInt32] = []
            result.reserveCapacity(bytes.count)
            for byte in bytes {
                switch byte {
                case 0x20, 0x09, 0x0A, 0x0C, 0x0D:
                    if let last = result.last, last != 0x20 { result.append(0x20) }
                case 0x26, 0x00...0x1F, 0x7F...0xFF: return nil
                case 0x41...0x5A: result.append(UInt32(byte | 0x20))
                default: result.append(UInt32(byte))
                }
            }
            if result.last == 0x20 { result.removeLast() }
            return result
        }
    }

    /// Each run of white space becomes one space; none is left at the ends.
    static func collapseSpace(_ text: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(text.count)
        for scalar in text {
            if ScalarClass(scalar) != .space {
                result.append(scalar)
            } else if let last = result.last, last != 0x20 {
                result.append(0x20)
            }
        }
        if result.last == 0x20 { result.removeLast() }
        return result
    }
}
