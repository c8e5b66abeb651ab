public import CLIPImaging

/// A picture of one to three emoji on a coloured ground, with what is true of it.
public struct EmojiScene: Sendable {
    /// An emoji in the picture: which, how large, and its top left corner in pixels.
    package struct Placement: Sendable, Hashable {
        package let kind: Int
        package let size: EmojiAtlas.Size
        package let x: Int
        package let y: Int
    }

    package let atlas: EmojiAtlas
    package let statement: EmojiStatement
    package let placements: [Placement]
    /// The ground's colour: the named one, a little lighter or darker.
    package let color: RGBColor

    /// What the picture shows, in words.
    public var caption: String { statement.caption(atlas.catalogue.kinds) }

    /// The caption with left for right or above for below, false of the picture; nil of one kind
    /// in the center.
    public var mirroredCaption: String? { statement.mirrored?.caption(atlas.catalogue.kinds) }

    /// The indices of the kinds in the picture, rising.
    public var kinds: [Int] { Set(statement.items.map(\.kind)).sorted() }

    /// The colour of the ground.
    public var ground: EmojiGround { statement.ground }

    /// The relation that the caption says; nil where it says a place.
    public var relation: EmojiRelation? {
        guard case .relative(let relation, _) = statement.position else { return nil }
        return relation
    }

    /// The same emoji with their places reflected (left for right or above for below; the pictures themselves are not
    /// flipped): what ``mirroredCaption`` says. Nil of one kind in the center.
    public var mirrored: EmojiScene? {
        guard let statement = statement.mirrored else { return nil }
        let isHorizontal = statement.position.isHorizontal
        let side = atlas.imageSize
        let reflected = placements.map { old in
            let glyph = atlas.glyph(old.kind, old.size)
            return Placement(
                kind: old.kind, size: old.size, x: isHorizontal ? side - old.x - glyph.width : old.x,
                y: isHorizontal ? old.y : side - old.y - glyph.height)
        }
        return EmojiScene(atlas: atlas, statement: statement, placements: reflected, color: color)
    }

    /// The picture's side in pixels.
    public var imageSize: Int { atlas.imageSize }

    /// The picture: RGB, `[imageSize, imageSize, 3]` bytes.
    public func render() -> [UInt8] {
        let size = imageSize * imageSize * 3
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            render(into: UnsafeMutableBufferPointer(rebasing: buffer[..<size]))
            count = size
        }
    }

    /// The picture as one that can be resized, augmented and saved.
    public var bitmap: Bitmap { Bitmap(rgb: render(), width: imageSize, height: imageSize) }

    /// Draws the picture into memory of exactly `imageSize * imageSize * 3` bytes, which need not be initialised.
    public func render(into pixels: UnsafeMutableBufferPointer<UInt8>) {
        let canvas = RGBCanvas(pixels, side: imageSize, color: color)
        for placement in placements {
            canvas.draw(atlas.glyph(placement.kind, placement.size), x: placement.x, y: placement.y)
        }
    }
}
