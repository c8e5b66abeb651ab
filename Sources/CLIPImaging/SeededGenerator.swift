/// A small random generator that gives the same numbers for the same seed, on every machine: SplitMix64 (Steele, Lea,
/// Flood, "Fast splittable pseudorandom number generators", 2014).
public struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable, Codable {
    private var state: UInt64

    /// Starts from a seed.
    public init(seed: UInt64) { state = seed }

    /// Starts from a seed and an index, such as an epoch and a sample's number: streams that do not resemble each other.
    public init(seed: UInt64, stream: UInt64) {
        var generator = SeededGenerator(seed: seed)
        state = generator.next() ^ Self.mixed(stream &+ 0x9E37_79B9_7F4A_7C15)
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension RandomNumberGenerator {
    /// A number from `range`, its ends included. Written out so that the numbers do not depend on the standard library.
    package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        let unit = Double(next() >> 11) * 0x1p-53
        return range.lowerBound + (range.upperBound - range.lowerBound) * unit
    }

    /// A whole number from `0 ..< count`.
    package mutating func index(below count: Int) -> Int {
        Int(truncatingIfNeeded: UInt64(count).multipliedFullWidth(by: next()).high)
    }

    /// Whether something of the given probability happens.
    mutating func happens(_ probability: Double) -> Bool {
        uniform(0...1) < probability
    }
}
