/// The pictures of a catalogue at the few sizes that scenes use, for one size of scene.
///
/// Sendable: nothing of it changes after it is made.
package final class EmojiAtlas: Sendable {
    /// The sizes of an emoji, its longer side in 64ths of the scene.
    package enum Size: Int, CaseIterable, Sendable {
        /// For three in a row.
        case tiny
        case small
        case large
        /// Alone in the middle.
        case huge

        /// In 64ths of the scene's side.
        var side: Int {
            switch self {
            case .tiny: 20
            case .small: 22
            case .large: 30
            case .huge: 40
            }
        }
    }

    let catalogue: EmojiCatalogue
    /// The scene's side in pixels.
    let imageSize: Int
    /// The grounds on which each kind can be seen, as bits by the order of `EmojiGround.allCases`.
    let visibleGrounds: [UInt32]
    private let glyphs: [[EmojiGlyph]]

    /// Scales every picture, on all processors.
    init(_ catalogue: EmojiCatalogue, imageSize: Int) {
        precondition(imageSize >= 16, "a scene has 16 pixels a side at least")
        self.catalogue = catalogue
        self.imageSize = imageSize
        let sources = catalogue.glyphs
        glyphs = parallelMap(sources.count) { index in
            Size.allCases.map { sources[index].scaled(toFit: $0.side * imageSize / 64) }
        }
        // At one size whatever the scene's, so that the same scenes are drawn at every size.
        visibleGrounds = parallelMap(sources.count) {
            Self.grounds(showing: sources[$0].scaled(toFit: Size.small.side))
        }
    }

    /// The picture of a kind.
    package func glyph(_ kind: Int, _ size: Size) -> EmojiGlyph { glyphs[kind][size.rawValue] }

    /// The grounds from which at least this share of a picture stands out.
    private static let leastShare: Float = 0.4
    /// How far apart (sum of the components' differences) two colours must be to stand out.
    private static let leastContrast: Int = 110

    private static func grounds(showing glyph: EmojiGlyph) -> UInt32 {
        var result: UInt32 = 0
        for (bit, ground) in EmojiGround.allCases.enumerated() where share(of: glyph, on: ground.color) >= leastShare {
            result |= 1 << UInt32(bit)
        }
        return result
    }

    private static func share(of glyph: EmojiGlyph, on ground: RGBColor) -> Float {
        let components = [ground.red, ground.green, ground.blue].map(Int.init)
        var (seen, all) = (0, 0)
        for pixel in stride(from: 0, to: glyph.pixels.count, by: 4) where glyph.pixels[pixel + 3] >= 128 {
            let alpha = Int(glyph.pixels[pixel + 3])
            let distance = (0..<3).reduce(0) { sum, channel in
                sum + abs(Int(glyph.pixels[pixel + channel]) * 255 / alpha - components[channel])
            }
            all += 1
            seen += distance >= leastContrast ? 1 : 0
        }
        return all == 0 ? 0 : Float(seen) / Float(all)
    }
}
