import CLIPData
import Testing

@Suite("The order of an epoch") struct EpochOrderTests {
    private func order(_ count: Int, _ blocks: [Range<Int>], mixing: Int, epoch: Int = 0, seed: UInt64 = 1) -> [Int] {
        var order = EpochOrder(count: count, blocks: blocks, mixing: mixing, epoch: epoch, seed: seed)
        return (0..<count).map { order.index(at: $0) }
    }

    private static let blocks = (0..<12).map { ($0 * 10)..<(($0 + 1) * 10) }

    @Test("every sample comes once, in another order in each epoch and for each seed", arguments: [[], blocks])
    func permutations(blocks: [Range<Int>]) {
        let orders = [
            order(130, blocks, mixing: 3), order(130, blocks, mixing: 3, epoch: 1),
            order(130, blocks, mixing: 3, seed: 2),
        ]
        for order in orders { #expect(order.sorted() == Array(0..<130)) }
        #expect(Set(orders).count == 3)
    }

    @Test("as many blocks as are mixed are read before the next, and samples of none are dealt out evenly")
    func windows() {
        let order = order(132, Self.blocks, mixing: 3)
        for window in 0..<4 {
            let members = order[(window * 33)..<((window + 1) * 33)]
            #expect(Set(members.filter { $0 < 120 }.map { $0 / 10 }).count == 3)
            #expect(members.count { $0 >= 120 } == 3)
            // Mixed, not one block after the other.
            #expect(Set(members.prefix(15).map { $0 / 10 }).count >= 3)
        }
    }

    @Test("places may be asked for in any order")
    func anyOrder() {
        let whole = order(120, Self.blocks, mixing: 5)
        var order = EpochOrder(count: 120, blocks: Self.blocks, mixing: 5, epoch: 0, seed: 1)
        for place in [119, 0, 60, 59, 1, 118] { #expect(order.index(at: place) == whole[place]) }
    }

    @Test("more mixed at a time than there are is a shuffle of the whole")
    func all() {
        let order = order(120, Self.blocks, mixing: 100)
        #expect(order.sorted() == Array(0..<120) && Set(order.prefix(40).map { $0 / 10 }).count > 6)
    }
}
