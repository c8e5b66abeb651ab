/// Where one group of a scene stands, seen from another.
public enum EmojiRelation: Sendable, CaseIterable {
    case leftOf
    case rightOf
    case above
    case below

    /// The relation seen in a mirror: left for right, above for below.
    public var reversed: EmojiRelation {
        switch self {
        case .leftOf: .rightOf
        case .rightOf: .leftOf
        case .above: .below
        case .below: .above
        }
    }

    /// Whether the groups stand side by side, not one over the other.
    var isHorizontal: Bool { self == .leftOf || self == .rightOf }

    /// Whether the first group has the smaller coordinate.
    var startsAtOrigin: Bool { self == .leftOf || self == .above }

    /// The ways to say it; the same index of the reversed relation says the opposite in the same words.
    var wordings: [String] {
        switch self {
        case .leftOf: ["to the left of", "left of", "on the left side of"]
        case .rightOf: ["to the right of", "right of", "on the right side of"]
        case .above: ["above", "above", "over"]
        case .below: ["below", "below", "under"]
        }
    }

    /// Where the first group stands in the picture.
    var side: String {
        switch self {
        case .leftOf: "on the left"
        case .rightOf: "on the right"
        case .above: "at the top"
        case .below: "at the bottom"
        }
    }
}

/// Where the only group of a scene stands in the picture.
public enum EmojiPlace: Sendable, CaseIterable {
    case center
    case top
    case bottom
    case left
    case right
    case topLeft
    case topRight
    case bottomLeft
    case bottomRight

    /// The place seen in a mirror: left for right where it is at a side, else top for bottom. Nil for the center.
    public var reversed: EmojiPlace? {
        switch self {
        case .center: nil
        case .top: .bottom
        case .bottom: .top
        case .left: .right
        case .right: .left
        case .topLeft: .topRight
        case .topRight: .topLeft
        case .bottomLeft: .bottomRight
        case .bottomRight: .bottomLeft
        }
    }

    /// -1 at the left or top, 0 in the middle, 1 at the right or bottom.
    package var column: Int {
        switch self {
        case .left, .topLeft, .bottomLeft: -1
        case .center, .top, .bottom: 0
        case .right, .topRight, .bottomRight: 1
        }
    }

    /// As ``column``, from top to bottom.
    package var row: Int {
        switch self {
        case .top, .topLeft, .topRight: -1
        case .center, .left, .right: 0
        case .bottom, .bottomLeft, .bottomRight: 1
        }
    }

    /// The ways to say it.
    var wordings: [String] {
        switch self {
        case .center: ["in the center", "in the middle"]
        case .top: ["at the top"]
        case .bottom: ["at the bottom"]
        case .left: ["on the left"]
        case .right: ["on the right"]
        case .topLeft: ["in the top left corner", "at the top left"]
        case .topRight: ["in the top right corner", "at the top right"]
        case .bottomLeft: ["in the bottom left corner", "at the bottom left"]
        case .bottomRight: ["in the bottom right corner", "at the bottom right"]
        }
    }
}
