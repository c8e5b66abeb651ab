internal import CLIPImaging

/// Emoji scenes as pairs to train on, two at an index: a scene and its mirrored twin, or two scenes that have nothing to
/// do with each other.
///
/// Place is learned from twins alone: no other scene of a batch has the same kinds. ``Stage``s say how the scenes change
/// over the run.
public struct EmojiPairs: PairDataset {
    /// A part of the run and its scenes.
    public struct Stage: Codable, Sendable, Hashable {
        /// The part of the run at whose end the stage ends, from 0 to 1.
        public var until: Double
        /// The share of scenes with one kind.
        public var singleKind: Double
        /// The share of indices that give a scene and its twin.
        public var twins: Double
        /// The share of captions of a relation that name each place before what stands there.
        public var placesFirst: Double?
        /// The number of kinds; all if not given.
        public var kinds: Int?

        /// All parts.
        public init(until: Double, singleKind: Double, twins: Double, placesFirst: Double? = nil, kinds: Int? = nil) {
            self.until = until
            self.singleKind = singleKind
            self.twins = twins
            self.placesFirst = placesFirst
            self.kinds = kinds
        }

        private enum CodingKeys: String, CodingKey {
            case until
            case singleKind = "single_kind"
            case twins
            case placesFirst = "places_first"
            case kinds
        }
    }

    /// The number of indices in an epoch.
    public let count: Int
    public var groupSize: Int { 2 }
    private let scenes: EmojiScenes
    private let epochs: Int
    private let stages: [Stage]

    /// Pairs over the scenes of a split.
    ///
    /// - Parameters:
    ///   - count: The number of indices in an epoch, each of two pairs.
    ///   - epochs: The number of epochs of the run, by which stages are told.
    ///   - stages: At least one, in order; the last one goes on to the end.
    public init(_ scenes: EmojiScenes, count: Int, epochs: Int, stages: [Stage]) throws {
        guard count > 0, epochs > 0, !stages.isEmpty else {
            throw DatasetError("emoji scenes", "expected at least one scene, one epoch and one stage")
        }
        for stage in stages {
            let shares: [Double] = [stage.until, stage.singleKind, stage.twins, stage.placesFirst ?? 0]
            if let share = shares.first(where: { !(0...1).contains($0) }) {
                throw DatasetError("emoji scenes", "expected shares from 0 to 1 in each stage, found \(share)")
            }
        }
        (self.scenes, self.count, self.epochs, self.stages) = (scenes, count, epochs, stages)
    }

    public func pairs(at index: Int, epoch: Int) throws -> [Pair] { scenes(at: index, epoch: epoch).map(pair) }

    public func captions(at index: Int, epoch: Int) throws -> [String] {
        scenes(at: index, epoch: epoch).map(\.caption)
    }

    private func scenes(at index: Int, epoch: Int) -> [EmojiScene] {
        let number = epoch * count + index
        let stage = stage(of: epoch)
        let scenes = scenes.with(
            mixture: EmojiMixture(
                singleKind: stage.singleKind, placesFirst: stage.placesFirst ?? 0, kindCount: stage.kinds))
        let first = scenes.scene(at: 2 * number)
        var lots = SeededGenerator(seed: scenes.seed ^ 0x7477_696E, stream: UInt64(number))
        let second = (lots.chance(stage.twins) ? first.mirrored : nil) ?? scenes.scene(at: 2 * number + 1)
        return [first, second]
    }

    private func stage(of epoch: Int) -> Stage {
        let progress = Double(epoch) / Double(epochs)
        return stages.first { progress < $0.until } ?? stages[stages.count - 1]
    }

    private func pair(_ scene: EmojiScene) -> Pair { Pair(image: scene.bitmap, caption: scene.caption) }
}
