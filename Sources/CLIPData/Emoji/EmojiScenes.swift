import CLIPImaging

/// An endless, repeatable sequence of emoji scenes: the scene at an index depends on the seed, the split and the index
/// alone.
///
/// Combinations of kinds are split by their hash: one pair in twenty is held out. No scene of ``Split/training`` has a
/// held-out pair among its kinds; every scene of ``Split/heldOut`` has one.
public struct EmojiScenes: Sendable {
    /// Which combinations of kinds the scenes have.
    public enum Split: UInt64, Sendable {
        case training
        case heldOut
    }

    /// The kinds and their pictures.
    public var catalogue: EmojiCatalogue { atlas.catalogue }
    /// Which combinations of kinds the scenes have.
    public let split: Split
    /// Tells this sequence from others.
    public let seed: UInt64
    /// How often the scenes have which form.
    public let mixture: EmojiMixture
    /// The scenes' side in pixels.
    public var imageSize: Int { atlas.imageSize }

    let atlas: EmojiAtlas

    /// The scenes of a split. `imageSize` is the side in pixels, 16 or more.
    public init(
        _ catalogue: EmojiCatalogue, split: Split, seed: UInt64 = 0, imageSize: Int = 64,
        mixture: EmojiMixture = EmojiMixture()
    ) {
        self.init(EmojiAtlas(catalogue, imageSize: imageSize), split, seed, mixture)
    }

    private init(_ atlas: EmojiAtlas, _ split: Split, _ seed: UInt64, _ mixture: EmojiMixture) {
        self.atlas = atlas
        self.split = split
        self.seed = seed
        self.mixture = mixture
    }

    /// The same pictures with another split, seed or mixture, without scaling them again.
    public func with(split: Split? = nil, seed: UInt64? = nil, mixture: EmojiMixture? = nil) -> EmojiScenes {
        EmojiScenes(atlas, split ?? self.split, seed ?? self.seed, mixture ?? self.mixture)
    }

    /// The scene at an index.
    public func scene(at index: Int) -> EmojiScene {
        var generator = SeededGenerator(seed: seed, stream: UInt64(index) << 1 | split.rawValue)
        let statement = statement(&generator)
        return scene(statement, &generator)
    }

    /// The first scenes whose captions tell them apart: no scene's kinds are all among another's. Fewer where the kinds
    /// do not yield so many.
    public func distinctScenes(_ count: Int) -> [EmojiScene] {
        var result: [EmojiScene] = []
        var sets: [Set<Int>] = []
        for index in 0..<(20 * count + 1000) where result.count < count {
            let scene = scene(at: index)
            let kinds = Set(scene.kinds)
            if !sets.contains(where: { $0.isSubset(of: kinds) || kinds.isSubset(of: $0) }) {
                result.append(scene)
                sets.append(kinds)
            }
        }
        return result
    }

    /// One large emoji in the middle of a ground, for each kind in the catalogue's order.
    public func portraits() -> [EmojiScene] {
        catalogue.kinds.indices.map { kind in
            var generator = SeededGenerator(seed: ~seed, stream: UInt64(kind))
            let item = EmojiItem(kind: kind, count: 1, isLarge: true, namesSize: false, naming: 1)
            let statement = EmojiStatement(
                subject: [item], position: .place(.center), ground: ground(for: [item], &generator),
                wording: generator.next())
            return scene(statement, &generator)
        }
    }

    // MARK: Drawing lots

    private func statement(_ generator: inout SeededGenerator) -> EmojiStatement {
        let isSingleKind = generator.chance(mixture.singleKind)
        if split == .training && isSingleKind { return placedStatement(&generator) }
        // One to one, one to two of a kind, one to one each of two kinds.
        let shape = generator.index(below: 100)
        let isTriple = shape >= 81
        let isCounted = shape >= 56 && !isTriple
        let namesPlacesFirst = generator.chance(mixture.placesFirst)
        let kinds = drawnKinds(isTriple ? 3 : 2, &generator)
        var subject = [item(kinds[0], 1, &generator)]
        var object = kinds.dropFirst().map { item($0, isCounted ? 2 : 1, &generator) }
        // "A cat and a sun with a face", not "a sun with a face and a cat".
        if isTriple && catalogue.kinds[kinds[1]].noun.isOpenEnded { object.reverse() }
        if generator.chance(0.5) { swap(&subject, &object) }
        return EmojiStatement(
            subject: subject, position: .relative(generator.pick(EmojiRelation.allCases), to: object),
            ground: ground(for: subject + object, &generator), wording: generator.next(),
            namesPlacesFirst: namesPlacesFirst)
    }

    private func placedStatement(_ generator: inout SeededGenerator) -> EmojiStatement {
        let count = [1, 1, 1, 2, 3][generator.index(below: 5)]
        let places = count == 1 ? EmojiPlace.allCases : EmojiPlace.allCases.filter { $0.row == 0 || $0.column == 0 }
        let subject = item(drawnKind(&generator), count, &generator)
        return EmojiStatement(
            subject: [subject], position: .place(generator.pick(places)), ground: ground(for: [subject], &generator),
            wording: generator.next())
    }

    private func item(_ kind: Int, _ count: Int, _ generator: inout SeededGenerator) -> EmojiItem {
        // There is room for three small ones only, of which the size is not said.
        EmojiItem(
            kind: kind, count: count, isLarge: generator.chance(mixture.large) && count < 3,
            namesSize: generator.chance(mixture.namedSize) && count < 3, naming: generator.index(below: 1000))
    }

    /// Any kind; where the mixture has but a few, they are spread over the catalogue, whose neighbours look alike.
    private func drawnKind(_ generator: inout SeededGenerator) -> Int {
        let all = catalogue.kinds.count
        let count = split == .training ? min(max(4, mixture.kindCount ?? all), all) : all
        return generator.index(below: count) * all / count
    }

    /// Different kinds whose combination belongs to the split.
    private func drawnKinds(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
        while true {
            let kinds = (0..<count).map { _ in drawnKind(&generator) }
            guard Set(kinds).count == count, isHeldOut(kinds) == (split == .heldOut) else { continue }
            return kinds
        }
    }

    /// Whether the combination of kinds has a held-out pair.
    public func isHeldOut(_ kinds: [Int]) -> Bool {
        for (position, first) in kinds.enumerated() {
            for second in kinds[(position + 1)...] where isHeldOut(first, second) { return true }
        }
        return false
    }

    /// One pair in this many is held out.
    private static let heldOutShare: UInt64 = 20

    private func isHeldOut(_ first: Int, _ second: Int) -> Bool {
        let scalars = [catalogue.kinds[first].scalar.value, catalogue.kinds[second].scalar.value]
        let pair = UInt64(scalars.min() ?? 0) << 32 | UInt64(scalars.max() ?? 0)
        var hash = SeededGenerator(seed: pair)
        return hash.next() % Self.heldOutShare == 0
    }

    /// A ground on which all of the items can be seen.
    private func ground(for items: [EmojiItem], _ generator: inout SeededGenerator) -> EmojiGround {
        let common = items.reduce(~UInt32(0)) { $0 & atlas.visibleGrounds[$1.kind] }
        let all = EmojiGround.allCases
        let visible = all.indices.filter { common & (1 << UInt32($0)) != 0 }
        return visible.isEmpty ? generator.pick(all) : all[generator.pick(visible)]
    }

    private func scene(_ statement: EmojiStatement, _ generator: inout SeededGenerator) -> EmojiScene {
        let color = statement.ground.color.shaded(by: generator.within(-6...6))
        var layout = EmojiLayout(generator)
        let placements = layout.cells(for: statement).map { cell in
            let glyph = atlas.glyph(cell.item.kind, cell.size)
            let room = cell.size.side * imageSize / 64
            return EmojiScene.Placement(
                kind: cell.item.kind, size: cell.size, x: cell.x * imageSize / 64 + (room - glyph.width) / 2,
                y: cell.y * imageSize / 64 + (room - glyph.height) / 2)
        }
        return EmojiScene(atlas: atlas, statement: statement, placements: placements, color: color)
    }
}
