/// A bar of a share, with a mark at the level of chance.
package struct Meter {
    private let share: Double
    private let chance: Double?

    /// A bar of a share from 0 to 1.
    package init(share: Double, chance: Double?) {
        self.share = share
        self.chance = chance
    }

    package var html: HTML {
        let mark: HTML = chance.map { "<i style=\"left:\($0 * 100, digits: 1)%\"></i>" } ?? .empty
        return
            "<div class=\"meter\" aria-hidden=\"true\"><b style=\"width:\(share * 100, digits: 1)%\"></b>\(mark)</div>"
    }
}
