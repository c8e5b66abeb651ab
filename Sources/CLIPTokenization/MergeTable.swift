/// Finds the merge of two neighbouring tokens: a hash table with open addressing, built once and then only read.
///
/// A lookup costs one multiplication and usually one cache line, so that encoding needs no cache of words and no lock.
struct MergeTable: Sendable {
    /// A merge's rank and the token it makes.
    struct Entry {
        let rank: Int32
        let result: Int32
    }

    private var slots: [Slot]
    private let shift: UInt64

    private struct Slot {
        var left: Int32 = -1
        var right: Int32 = -1
        var rank: Int32 = 0
        var result: Int32 = 0
    }

    /// A table of merges; of two for the same pair the later one stays, as in a dictionary filled in order.
    init(_ merges: [BPEVocabulary.MergeIDs]) {
        var bits: UInt64 = 4
        while 1 << bits < merges.count * 2 { bits += 1 }
        shift = 64 - bits
        slots = [Slot](repeating: Slot(), count: 1 << bits)
        for (rank, merge) in merges.enumerated() {
            let slot = position(merge.left, merge.right)
            slots[slot] = Slot(left: merge.left, right: merge.right, rank: Int32(rank), result: merge.result)
        }
    }

    /// The merge of two neighbours, or nil where they stay apart.
    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> Entry? {
        let slot = slots[position(left, right)]
        return slot.left < 0 ? nil : Entry(rank: slot.rank, result: slot.result)
    }

    /// The slot that holds a pair, or the free one where it would go. At least half of the slots are free, so the
    /// search ends.
    @inline(__always)
    private func position(_ left: Int32, _ right: Int32) -> Int {
        let key = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
        var slot = Int(truncatingIfNeeded: ((key ^ (key >> 29)) &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while slots[slot].left >= 0, slots[slot].left != left || slots[slot].right != right {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }
}
