import CLIPImaging

/// Places the emoji of a scene, in 64ths of its side, so that what the caption says is plain to see: each emoji has a
/// square of its own, and the squares of two groups are apart along the axis of their relation.
struct EmojiLayout {
    /// A square for one emoji.
    struct Cell: Hashable {
        let item: EmojiItem
        let size: EmojiAtlas.Size
        var x: Int
        var y: Int
    }

    /// The scene's side.
    static let side = 64
    /// The least distance between two squares.
    static let gap = 3
    /// How far the middles of groups may stray across the axis of their relation.
    private static let stray = 4

    private var generator: SeededGenerator

    init(_ generator: SeededGenerator) {
        self.generator = generator
    }

    /// The squares of a statement's emoji.
    mutating func cells(for statement: EmojiStatement) -> [Cell] {
        switch statement.position {
        case .place(let place): single(statement.subject[0], place)
        case .relative(let relation, let object): pair(statement.subject, object, relation)
        }
    }

    // MARK: Two groups

    private mutating func pair(_ subject: [EmojiItem], _ object: [EmojiItem], _ relation: EmojiRelation) -> [Cell] {
        let (first, second) = relation.startsAtOrigin ? (subject, object) : (object, subject)
        let (firstDepth, secondDepth) = (depth(first), depth(second))
        let free = Self.side - firstDepth - secondDepth - Self.gap
        let start = generator.index(below: free + 1)
        let secondStart = start + firstDepth + Self.gap + generator.index(below: free - start + 1)
        // Single groups stray together, so that neither stands higher (or more to the left) than the other.
        let band = Self.side / 2 + generator.within(-8...8)
        return line(first, along: start, depth: firstDepth, band: band, relation)
            + line(second, along: secondStart, depth: secondDepth, band: band, relation)
    }

    private func depth(_ group: [EmojiItem]) -> Int { group.map { Self.size(of: $0).side }.max() ?? 0 }

    private static func size(of item: EmojiItem) -> EmojiAtlas.Size { item.isLarge ? .large : .small }

    /// The emoji of one group, one beside the other across the axis of the relation.
    private mutating func line(
        _ group: [EmojiItem], along start: Int, depth: Int, band: Int, _ relation: EmojiRelation
    ) -> [Cell] {
        let items = group.flatMap { Array(repeating: $0, count: $0.count) }
        let sides = items.map { Self.size(of: $0).side }
        let length = sides.reduce(0, +) + Self.gap * (items.count - 1)
        let free = Self.side - length
        let middle = items.count == 1 ? band : Self.side / 2
        let ideal = middle - length / 2 + generator.within(-Self.stray...Self.stray)
        var across = min(max(ideal, 0), free)
        return zip(items, sides).map { item, side in
            defer { across += side + Self.gap }
            let along = start + generator.index(below: depth - side + 1)
            return Cell(
                item: item, size: Self.size(of: item), x: relation.isHorizontal ? along : across,
                y: relation.isHorizontal ? across : along)
        }
    }

    // MARK: One group

    private mutating func single(_ item: EmojiItem, _ place: EmojiPlace) -> [Cell] {
        let size: EmojiAtlas.Size =
            item.count == 3 ? .tiny : item.isLarge ? (place == .center && item.count == 1 ? .huge : .large) : .small
        let gap = item.count == 3 ? 2 : Self.gap
        // Several stand in a row, at the left and right in a column.
        let isColumn = place.column != 0
        let length = item.count * size.side + gap * (item.count - 1)
        let x = start(place.column, isColumn ? size.side : length)
        let y = start(place.row, isColumn ? length : size.side)
        return (0..<item.count).map { index in
            let step = index * (size.side + gap)
            return Cell(item: item, size: size, x: x + (isColumn ? 0 : step), y: y + (isColumn ? step : 0))
        }
    }

    /// The first coordinate of something `length` long at the start (-1), in the middle (0) or at the end (1).
    private mutating func start(_ part: Int, _ length: Int) -> Int {
        let free = Self.side - length
        let stray = min(Self.stray, free / 4)
        return switch part {
        case -1: generator.within(0...stray)
        case 1: free - generator.within(0...stray)
        default: free / 2 + generator.within(-(stray / 2)...(stray / 2))
        }
    }
}
