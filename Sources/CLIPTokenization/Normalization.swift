/// Unicode's normalisation form C, in time that grows with n log n whatever the text.
///
/// Written out here because Foundation's leaves a final consonant apart from a Hangul syllable and takes quadratic time
/// over long runs of accents. The algorithm is that of Unicode Standard Annex 15.
enum Normalization {
    /// The text with every composition done.
    static func composed(_ text: [UInt32]) -> [UInt32] {
        if text.allSatisfy(isInert) { return text }
        var scalars: [UInt32] = []
        scalars.reserveCapacity(text.count)
        for scalar in text { decompose(scalar, into: &scalars) }
        orderMarks(&scalars)
        return compose(scalars)
    }

    // MARK: The parts

    private static func decompose(_ scalar: UInt32, into result: inout [UInt32]) {
        if Hangul.syllables.contains(scalar) {
            Hangul.decompose(scalar, into: &result)
        } else if let parts = scalar < 0xC0 ? nil : tables.parts[scalar] {
            decompose(parts.first, into: &result)
            if parts.second != 0 { decompose(parts.second, into: &result) }
        } else {
            result.append(scalar)
        }
    }

    /// Sorts each run of combining marks by their classes; marks of the same class keep their order.
    private static func orderMarks(_ scalars: inout [UInt32]) {
        var start = 0
        while start < scalars.count {
            var end = start
            while end < scalars.count, combiningClass(scalars[end]) != 0 { end += 1 }
            if end - start > 1 {
                let marks = scalars[start..<end].enumerated().map { (combiningClass($1), $0, $1) }
                let sorted = marks.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
                scalars.replaceSubrange(start..<end, with: sorted.map(\.2))
            }
            start = end + 1
        }
    }

    private static func compose(_ scalars: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(scalars.count)
        var starter: Int?
        var lastClass: UInt8 = 0
        for scalar in scalars {
            let combiningClass = combiningClass(scalar)
            if let position = starter, position == result.count - 1 || lastClass != 0 && lastClass < combiningClass,
                let composite = composite(result[position], scalar)
            {
                result[position] = composite
                continue
            }
            if combiningClass == 0 { starter = result.count }
            lastClass = combiningClass
            result.append(scalar)
        }
        return result
    }

    private static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.compose(first, second) ?? tables.composites[UInt64(first) << 32 | UInt64(second)]
    }

    private static func combiningClass(_ scalar: UInt32) -> UInt8 {
        scalar < 0x300 ? 0 : Unicode.Scalar(scalar)?.properties.canonicalCombiningClass.rawValue ?? 0
    }

    // MARK: The quick way

    /// Whether a scalar stays as it is whatever stands around it, and does not come between others.
    private static func isInert(_ scalar: UInt32) -> Bool {
        if scalar < 0x300 { return true }
        return scalar < 0x1_0000 ? inertInBasicPlane[Int(scalar)] : lookUpInert(scalar)
    }

    private static let inertInBasicPlane: [Bool] = (0..<0x1_0000).map { lookUpInert(UInt32($0)) }

    private static func lookUpInert(_ scalar: UInt32) -> Bool {
        combiningClass(scalar) == 0 && !tables.unstable.contains(scalar) && !Hangul.joinsPrevious(scalar)
    }

    // MARK: Tables

    private struct Tables {
        /// What a scalar consists of; the second part is 0 where there is only one.
        var parts: [UInt32: (first: UInt32, second: UInt32)] = [:]
        /// The scalar that two others compose to, by the first and the second.
        var composites: [UInt64: UInt32] = [:]
        /// Scalars that are never in a composed text, and those that compose with what is before them.
        var unstable: Set<UInt32> = []
    }

    private static let tables: Tables = {
        var tables = Tables()
        for entry in CompositionTable.source.split(whereSeparator: \.isWhitespace) {
            let numbers = entry.split { "=!+".contains($0) }.compactMap { UInt32($0, radix: 16) }
            guard numbers.count >= 2 else { continue }
            let second = numbers.count > 2 ? numbers[2] : 0
            tables.parts[numbers[0]] = (numbers[1], second)
            if entry.contains("=") {
                tables.composites[UInt64(numbers[1]) << 32 | UInt64(second)] = numbers[0]
                tables.unstable.insert(second)
            } else {
                tables.unstable.insert(numbers[0])
            }
        }
        return tables
    }()
}

/// Korean syllables, which are composed of two or three letters by arithmetic.
private enum Hangul {
    static let syllables: ClosedRange<UInt32> = 0xAC00...0xD7A3
    private static let leading: Range<UInt32> = 0x1100..<0x1113
    private static let vowels: Range<UInt32> = 0x1161..<0x1176
    private static let trailing: Range<UInt32> = 0x11A8..<0x11C3

    static func joinsPrevious(_ scalar: UInt32) -> Bool { vowels.contains(scalar) || trailing.contains(scalar) }

    static func decompose(_ syllable: UInt32, into result: inout [UInt32]) {
        let index = syllable - syllables.lowerBound
        result.append(leading.lowerBound + index / 588)
        result.append(vowels.lowerBound + index % 588 / 28)
        if index % 28 != 0 { result.append(trailing.lowerBound - 1 + index % 28) }
    }

    static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if leading.contains(first), vowels.contains(second) {
            return syllables.lowerBound + (first - leading.lowerBound) * 588 + (second - vowels.lowerBound) * 28
        }
        if syllables.contains(first), (first - syllables.lowerBound) % 28 == 0, trailing.contains(second) {
            return first + second - (trailing.lowerBound - 1)
        }
        return nil
    }
}
