import CLIPData
import Foundation
import Testing

@Suite(.enabled(if: EmojiTestCatalogue.isPresent, "\(EmojiTestCatalogue.reason)"))
struct EmojiSceneTests {
    private static let made = Result { EmojiScenes(try EmojiTestCatalogue.get(), split: .training, seed: 7) }

    private var training: EmojiScenes { get throws { try Self.made.get() } }
    private var heldOut: EmojiScenes { get throws { try Self.made.get().with(split: .heldOut) } }

    @Test func `A scene depends on the seed and its index alone`() throws {
        let again = EmojiScenes(try EmojiTestCatalogue.get(), split: .training, seed: 7)
        for index in [5, 3, 100_000] {
            let (first, second) = (try training.scene(at: index), again.scene(at: index))
            #expect(first.caption == second.caption && first.render() == second.render())
        }
        let other = try training.with(seed: 8)
        #expect(try (0..<20).contains { try training.scene(at: $0).caption != other.scene(at: $0).caption })
    }

    @Test func `Captions hardly repeat`() throws {
        let captions = Set(try (0..<5000).map { try training.scene(at: $0).caption })
        #expect(captions.count > 4990)
    }

    @Test func `A mirrored caption has the same words with the relation reversed`() throws {
        let opposite: [Substring: Substring] = [
            "left": "right", "right": "left", "above": "below", "below": "above", "over": "under", "under": "over",
            "top": "bottom", "bottom": "top",
        ]
        for index in 0..<5000 {
            let scene = try training.scene(at: index)
            let caption = scene.caption
            guard let mirrored = scene.mirroredCaption else {
                #expect(
                    scene.relation == nil && (caption.contains("in the center") || caption.contains("in the middle")))
                continue
            }
            let (words, others) = (caption.split(separator: " "), mirrored.split(separator: " "))
            let changed = zip(words, others).filter { $0 != $1 }
            #expect(words.count == others.count && changed.allSatisfy { opposite[$0.0] == $0.1 })
            #expect(changed.count == 1 || (changed.count == 2 && scene.relation != nil), "\(caption)")
        }
    }

    @Test func `A mirrored scene is true of the mirrored caption and mirrors back`() throws {
        for index in 0..<500 {
            let scene = try training.scene(at: index)
            guard let mirrored = scene.mirrored else { continue }
            #expect(mirrored.caption == scene.mirroredCaption && mirrored.mirroredCaption == scene.caption)
            #expect(mirrored.relation == scene.relation?.reversed)
            #expect(mirrored.mirrored?.render() == scene.render() && mirrored.render() != scene.render())
            #expect(mirrored.kinds == scene.kinds && mirrored.relation == nil || holds(mirrored))
        }
    }

    @Test func `The groups of a scene are plainly apart, along the axis of the relation only`() throws {
        for scenes in [try training, try heldOut] {
            for index in 0..<5000 where scenes.scene(at: index).relation != nil {
                #expect(holds(scenes.scene(at: index)), "\(scenes.scene(at: index).caption)")
            }
        }
    }

    @Test func `One group stands where the caption says`() throws {
        for index in 0..<5000 {
            let drawn = try training.scene(at: index)
            // Half of them in the mirror.
            let scene = index % 2 == 0 ? drawn : drawn.mirrored ?? drawn
            guard case .place(let place) = scene.statement.position else { continue }
            let boxes = boxes(of: scene, scene.statement.subject)
            let columns = (boxes.map(\.left).min() ?? 0, 64 - (boxes.map(\.right).max() ?? 0))
            let rows = (boxes.map(\.top).min() ?? 0, 64 - (boxes.map(\.bottom).max() ?? 0))
            #expect(side(columns) == place.column && side(rows) == place.row, "\(scene.caption) \(columns) \(rows)")
        }
    }

    @Test func `No combination of a held-out scene is in training`() throws {
        let (training, heldOut) = (try training, try heldOut)
        for index in 0..<20_000 { #expect(!training.isHeldOut(training.scene(at: index).kinds)) }
        for index in 0..<500 {
            let scene = heldOut.scene(at: index)
            #expect(training.isHeldOut(scene.kinds) && scene.kinds.count >= 2 && scene.relation != nil)
        }
    }

    @Test func `About one pair in twenty is held out`() throws {
        let scenes = try training
        let count = scenes.catalogue.kinds.count
        let pairs = (0..<count).flatMap { first in (0..<first).map { [$0, first] } }
        let share = Double(pairs.filter(scenes.isHeldOut).count) / Double(pairs.count)
        #expect(abs(share - 0.05) < 0.005)
    }

    @Test func `Distinct scenes have captions of which each is true of its own picture only`() throws {
        let scenes = try heldOut.distinctScenes(200)
        #expect(scenes.count == 200 && Set(scenes.map(\.caption)).count == 200)
        for (index, scene) in scenes.enumerated() {
            for other in scenes[(index + 1)...] {
                let (mine, others) = (Set(scene.kinds), Set(other.kinds))
                #expect(!mine.isSubset(of: others) && !others.isSubset(of: mine))
            }
        }
    }

    @Test func `A mixture sets how often scenes have which form`() throws {
        let scenes = try training.with(mixture: EmojiMixture(singleKind: 1, large: 0, namedSize: 1))
        for index in 0..<200 {
            let scene = scenes.scene(at: index)
            #expect(scene.relation == nil && scene.kinds.count == 1)
            #expect(!scene.caption.contains("large"))
        }
        let related = try training.with(mixture: EmojiMixture(singleKind: 0))
        #expect((0..<200).allSatisfy { related.scene(at: $0).relation != nil })
    }

    @Test func `A batch has the asked share of scenes followed by their mirrored ones`() throws {
        let scenes = try training.with(mixture: EmojiMixture(singleKind: 0))
        let captions = scenes.batch(3, size: 64, twins: 0.5).map(\.caption)
        let mirrored = scenes.batch(3, size: 64, twins: 0.5).map(\.mirroredCaption)
        #expect(captions.count == 64)
        #expect(stride(from: 0, to: 32, by: 2).allSatisfy { mirrored[$0] == captions[$0 + 1] })
        #expect((32..<63).allSatisfy { mirrored[$0] != captions[$0 + 1] })
        #expect(scenes.batch(4, size: 64).map(\.caption) == (256..<320).map { scenes.scene(at: $0).caption })
    }

    @Test func `As pairs, the stages of a run say which scenes come alone and which with their twins`() throws {
        let stages: [EmojiPairs.Stage] = [
            .init(until: 0.5, singleKind: 1, twins: 0), .init(until: 1, singleKind: 0, twins: 1),
        ]
        let pairs = try EmojiPairs(training, count: 50, epochs: 4, stages: stages)
        for index in 0..<50 {
            let late = try pairs.captions(at: index, epoch: 3)
            let scene = try training.with(mixture: EmojiMixture(singleKind: 0)).scene(at: 2 * (3 * 50 + index))
            #expect(late == [scene.caption, try #require(scene.mirroredCaption)])
            let both = try pairs.pairs(at: index, epoch: 3)
            #expect(both.map(\.caption) == late && both.first?.image == scene.bitmap)
        }
        let early = try (0..<50).flatMap { try pairs.captions(at: $0, epoch: 0) }
        #expect(early != (try (0..<50).flatMap { try pairs.captions(at: $0, epoch: 1) }))
        #expect(throws: DatasetError.self) { try EmojiPairs(training, count: 50, epochs: 4, stages: []) }
    }

    @Test func `Every kind has a portrait and every ground is used`() throws {
        let scenes = try training
        let portraits = scenes.portraits()
        #expect(portraits.map(\.kinds) == scenes.catalogue.kinds.indices.map { [$0] })
        #expect(zip(portraits, scenes.catalogue.kinds).allSatisfy { $0.caption.contains($1.noun.phrase()) })
        #expect(Set((0..<500).map { scenes.scene(at: $0).ground }) == Set(EmojiGround.allCases))
    }

    @Test(arguments: [16, 65, 128])
    func `Scenes are drawn at any size`(size: Int) throws {
        let scenes = EmojiScenes(try EmojiTestCatalogue.get(), split: .training, seed: 7, imageSize: size)
        for index in 0..<300 {
            let scene = scenes.scene(at: index)
            #expect(scene.render().count == size * size * 3)
            #expect(scene.caption == (try training.scene(at: index).caption))
            #expect(scene.mirrored?.render().count ?? size * size * 3 == size * size * 3)
        }
    }

    @Test func `What is drawn is the ground with the emoji on it`() throws {
        let scene = try #require(try training.portraits().first)
        let pixels = scene.render()
        #expect(Array(pixels[..<3]) == [scene.color.red, scene.color.green, scene.color.blue])
        let middle = (32 * 64 + 32) * 3
        #expect(Array(pixels[middle..<(middle + 3)]) != Array(pixels[..<3]))
    }

    // MARK: Geometry

    private struct Box {
        let left, top, right, bottom: Int
    }

    /// The boxes of the emoji of some items.
    private func boxes(of scene: EmojiScene, _ items: [EmojiItem]) -> [Box] {
        let kinds = Set(items.map(\.kind))
        return scene.placements.filter { kinds.contains($0.kind) }.map { placement in
            let glyph = scene.atlas.glyph(placement.kind, placement.size)
            return Box(
                left: placement.x, top: placement.y, right: placement.x + glyph.width,
                bottom: placement.y + glyph.height)
        }
    }

    /// Whether the scene's relation holds in the picture, with a gap of two pixels, and no other does.
    private func holds(_ scene: EmojiScene) -> Bool {
        guard case .relative(let relation, let object) = scene.statement.position else { return false }
        let (first, second) = (boxes(of: scene, scene.statement.subject), boxes(of: scene, object))
        return EmojiRelation.allCases.allSatisfy { holds($0, first, second) == ($0 == relation) }
            && (first + second).count == scene.placements.count
    }

    private func holds(_ relation: EmojiRelation, _ first: [Box], _ second: [Box]) -> Bool {
        let pairs = first.flatMap { one in second.map { (one, $0) } }
        return switch relation {
        case .leftOf: pairs.allSatisfy { $0.right + 2 <= $1.left }
        case .rightOf: pairs.allSatisfy { $1.right + 2 <= $0.left }
        case .above: pairs.allSatisfy { $0.bottom + 2 <= $1.top }
        case .below: pairs.allSatisfy { $1.bottom + 2 <= $0.top }
        }
    }

    /// -1 where the space before is smaller, 1 where the space behind is, 0 where they are alike.
    private func side(_ space: (before: Int, behind: Int)) -> Int {
        let difference = space.before - space.behind
        return abs(difference) <= 6 ? 0 : difference < 0 ? -1 : 1
    }
}
