/// Damage to bytes, as disks, networks and attackers do it, the same for the same seed.
public struct Mutation {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// A number below `bound`.
    public mutating func number(below bound: Int) -> Int {
        // xorshift64*
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 0x2545_F491_4F6C_DD1D) >> 33) % max(bound, 1)
    }

    /// The bytes with one to four faults: a byte or bit changed, a part cut, doubled or overwritten by a word of `words`.
    public mutating func mutated(_ bytes: [UInt8], words: [String]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...number(below: 4) { mutate(&bytes, words) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8], _ words: [String]) {
        guard !bytes.isEmpty else { return }
        let place = number(below: bytes.count)
        let length = min(number(below: 16) + 1, bytes.count - place)
        switch number(below: 6) {
        case 0: bytes[place] = UInt8(number(below: 256))
        case 1: bytes[place] ^= 1 << number(below: 8)
        case 2: bytes.removeSubrange(place..<place + length)
        case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
        case 4: bytes.removeLast(number(below: bytes.count))
        default:
            let word = words.isEmpty ? [] : Array(words[number(below: words.count)].utf8)
            bytes.replaceSubrange(place..<min(place + length, bytes.count), with: word)
        }
    }
}
