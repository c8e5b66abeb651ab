/// One to three emoji of a kind, as a caption speaks of them.
package struct EmojiItem: Sendable, Hashable {
    /// The index of the kind in the catalogue.
    package let kind: Int
    let count: Int
    let isLarge: Bool
    /// Whether the caption says the size.
    let namesSize: Bool
    /// Chooses among the kind's name and its aliases.
    let naming: Int
}

extension EmojiItem {
    /// The name, or in a fifth of the scenes an alias where the kind has one.
    fileprivate func noun(_ kind: EmojiKind) -> EnglishNoun {
        guard !kind.aliases.isEmpty, naming % 5 == 0 else { return kind.noun }
        return kind.aliases[naming / 5 % kind.aliases.count]
    }
}

/// What a scene's caption says and in which words.
package struct EmojiStatement: Sendable, Hashable {
    /// The group that the caption speaks of first.
    package let subject: [EmojiItem]
    /// The relation and the group that it is to, or the place of the only group.
    package let position: EmojiPosition
    let ground: EmojiGround
    /// Chooses the wording.
    let wording: UInt64
    /// Whether a relation is said by two places, each before what stands there.
    var namesPlacesFirst = false
}

/// Where the subject of a caption is.
package enum EmojiPosition: Sendable, Hashable {
    case relative(EmojiRelation, to: [EmojiItem])
    case place(EmojiPlace)
}

extension EmojiPosition {
    /// The position seen in a mirror; nil of the center.
    var reversed: EmojiPosition? {
        switch self {
        case .relative(let relation, let object): .relative(relation.reversed, to: object)
        case .place(let place): place.reversed.map { .place($0) }
        }
    }

    /// Whether the mirror exchanges left and right, not top and bottom.
    var isHorizontal: Bool {
        switch self {
        case .relative(let relation, _): relation.isHorizontal
        case .place(let place): place.column != 0
        }
    }
}

extension EmojiStatement {
    /// The statement with left for right or above for below; nil of the center.
    var mirrored: EmojiStatement? {
        position.reversed.map {
            EmojiStatement(
                subject: subject, position: $0, ground: ground, wording: wording, namesPlacesFirst: namesPlacesFirst)
        }
    }

    /// Every item, the subject's first.
    var items: [EmojiItem] {
        guard case .relative(_, let object) = position else { return subject }
        return subject + object
    }

    /// The caption in English.
    func caption(_ kinds: [EmojiKind]) -> String {
        switch position {
        case .relative(let relation, let object): relational(relation, object, kinds)
        case .place(let place): placed(place, kinds)
        }
    }

    private func relational(_ relation: EmojiRelation, _ object: [EmojiItem], _ kinds: [EmojiKind]) -> String {
        let first = phrase(subject, kinds)
        let second = phrase(object, kinds)
        if namesPlacesFirst { return "\(relation.side) \(first), \(relation.reversed.side) \(second), \(onGround)" }
        let between = relation.wordings[choice(0, of: 3)]
        let said = (subject.count > 1 ? "both " : "") + between + (object.count > 1 ? " both" : "")
        let verb = subject.count > 1 || subject[0].count > 1 ? "are" : "is"
        switch choice(1, of: 5) {
        case 0: return "\(first) \(verb) \(said) \(second) \(onGround)"
        case 1: return "\(onGround), \(first) \(verb) \(said) \(second)"
        case 2 where subject.count == 1 && object.count == 1:
            return "\(onGround), \(first) \(relation.side) and \(second) \(relation.reversed.side)"
        default: return "\(first) \(said) \(second) \(onGround)"
        }
    }

    private func placed(_ place: EmojiPlace, _ kinds: [EmojiKind]) -> String {
        let first = phrase(subject, kinds)
        let there = place.wordings[choice(0, of: place.wordings.count)]
        switch choice(1, of: 4) {
        case 0: return "\(onGround), \(first) \(there)"
        case 1: return "\(first) \(there) of \(EnglishNoun.withArticle(ground.rawValue)) background"
        default: return "\(first) \(there) \(onGround)"
        }
    }

    /// "on a green background", "on green".
    private var onGround: String {
        switch choice(2, of: 3) {
        case 0: "on \(ground.rawValue)"
        case 1: "on \(EnglishNoun.withArticle(ground.rawValue)) ground"
        default: "on \(EnglishNoun.withArticle(ground.rawValue)) background"
        }
    }

    private func phrase(_ group: [EmojiItem], _ kinds: [EmojiKind]) -> String {
        group.map { item in
            let adjective = item.namesSize ? (item.isLarge ? "large" : "small") : nil
            return item.noun(kinds[item.kind]).phrase(count: item.count, adjective: adjective)
        }.joined(separator: " and ")
    }

    /// One of `count` ways for the question numbered `question`: always the same for this wording.
    private func choice(_ question: UInt64, of count: Int) -> Int {
        Int(truncatingIfNeeded: (wording >> (question * 20)) & 0xF_FFFF) % count
    }
}
