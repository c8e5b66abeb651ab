/// How often the scenes of training have which form: what a curriculum turns. Shares are from 0 to 1.
public struct EmojiMixture: Sendable, Hashable {
    /// The share of scenes with one kind at a place; the others have a relation of two or three kinds. Held-out scenes
    /// have a relation always.
    public var singleKind: Double
    /// The share of large emoji among those that have room to be.
    public var large: Double
    /// The share of emoji of which the caption says whether they are small or large.
    public var namedSize: Double
    /// The share of captions of a relation that name each place before what stands there: "on the left a dog, on the
    /// right a cat". A causal text tower learns from these first which place belongs to which kind.
    public var placesFirst: Double
    /// The number of kinds that scenes of training are drawn from; nil is all.
    public var kindCount: Int?

    /// A mixture; the defaults are those of the held-out scenes.
    public init(
        singleKind: Double = 0.2, large: Double = 0.5, namedSize: Double = 0.4, placesFirst: Double = 0,
        kindCount: Int? = nil
    ) {
        (self.singleKind, self.large, self.namedSize) = (singleKind, large, namedSize)
        (self.placesFirst, self.kindCount) = (placesFirst, kindCount)
    }
}

extension EmojiScenes {
    /// The batch numbered `number` of `size` scenes, all of it different from the other batches. A share `twins` of the
    /// scenes (0 to 1) stands in pairs: a scene and, right after it, its mirrored one.
    public func batch(_ number: Int, size: Int, twins: Double = 0) -> [EmojiScene] {
        let paired = Int(twins * Double(size)) / 2 * 2
        var result: [EmojiScene] = []
        result.reserveCapacity(size)
        for index in (number * size)..<((number + 1) * size) where result.count < size {
            let scene = scene(at: index)
            result.append(scene)
            if result.count < paired, let mirrored = scene.mirrored { result.append(mirrored) }
        }
        return result
    }
}
