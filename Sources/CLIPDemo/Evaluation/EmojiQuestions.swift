package import CLIP
package import CLIPData

/// What a model of emoji scenes is asked, always the same questions: scenes with combinations of kinds that training never
/// showed, and every kind alone.
package struct EmojiQuestions: Sendable {
    /// Scenes to find among each other, of which no caption is true of another's picture.
    package let scenes: [EmojiScene]
    /// Scenes to tell from their mirrored captions.
    package let mirrored: [EmojiScene]
    /// One emoji of each kind, in the catalogue's order.
    package let portraits: [EmojiScene]
    /// What the kinds are called.
    package let kinds: [EmojiKind]

    /// The seed of all questions, apart from those of training.
    private static let seed: UInt64 = 0x71_75_65_73_74

    /// Draws the questions at the side that the model sees.
    package init(
        _ catalogue: EmojiCatalogue, imageSize: Int, scenes count: Int = 200, mirrored mirroredCount: Int = 400
    ) {
        let heldOut = EmojiScenes(catalogue, split: .heldOut, seed: Self.seed, imageSize: imageSize)
        scenes = heldOut.distinctScenes(count)
        let others = heldOut.with(seed: Self.seed + 1)
        mirrored = (0..<mirroredCount).map(others.scene(at:)).filter { $0.mirroredCaption != nil }
        portraits = heldOut.portraits()
        kinds = catalogue.kinds
    }

    /// The kinds as they are put into templates: "a dog".
    package var labels: [String] { kinds.map { $0.noun.phrase() } }

    /// The prompts that are averaged for each kind: "a dog in the center on a green background", over all grounds.
    package var templates: [PromptTemplate] {
        EmojiGround.allCases.enumerated().map { index, ground in
            let place = index.isMultiple(of: 2) ? "in the center" : "in the middle"
            return PromptTemplate(
                stringLiteral: "{} \(place) on \(EnglishNoun.withArticle(ground.rawValue)) background")
        }
    }
}
