/// A small seeded generator (SplitMix64, Steele, Lea and Flood 2014), so that a scene is the same on every machine.
package struct SceneGenerator {
    private var state: UInt64

    /// The generator of the scene `index` of the sequence `seed`: different pairs give unrelated numbers.
    init(seed: UInt64, index: UInt64) {
        state = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15) ^ Self.mixed(index &* 0xD134_2543_DE82_EF95 &+ 1)
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// A number of `0..<bound`, for a positive bound.
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number of the closed range.
    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// True in this share of the draws, from 0 to 1.
    mutating func chance(_ share: Double) -> Bool { Double(below(1 << 20)) < share * Double(1 << 20) }

    /// One of the values, which must not be empty.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    /// The finalising mix of SplitMix64: a bijection that spreads every bit over the word.
    package static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
