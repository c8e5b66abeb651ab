/// Small letters as Python's `str.lower` makes them: Unicode's full mapping, which may give several characters, and the
/// final sigma at the end of a word.
enum Lowercasing {
    private static let capitalSigma: UInt32 = 0x3A3

    static func lowercased(_ text: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(text.count)
        for (position, codePoint) in text.enumerated() {
            if codePoint < 0x80 {
                result.append((0x41...0x5A).contains(codePoint) ? codePoint | 0x20 : codePoint)
            } else if codePoint == capitalSigma {
                result.append(isFinal(position, in: text) ? 0x3C2 : 0x3C3)
            } else if let scalar = Unicode.Scalar(codePoint), scalar.properties.changesWhenLowercased {
                for lower in scalar.properties.lowercaseMapping.unicodeScalars { result.append(lower.value) }
            } else {
                result.append(codePoint)
            }
        }
        return result
    }

    /// Whether a letter stands before the sigma and none behind it; Unicode's Final_Sigma.
    private static func isFinal(_ position: Int, in text: [UInt32]) -> Bool {
        let before = text[..<position].last { !isCaseIgnorable($0) }
        let after = text[(position + 1)...].first { !isCaseIgnorable($0) }
        return before.map(isCased) == true && after.map(isCased) != true
    }

    private static func isCased(_ codePoint: UInt32) -> Bool {
        Unicode.Scalar(codePoint)?.properties.isCased == true
    }

    private static func isCaseIgnorable(_ codePoint: UInt32) -> Bool {
        Unicode.Scalar(codePoint)?.properties.isCaseIgnorable == true
    }
}
