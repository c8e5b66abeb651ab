internal import CLIPData
internal import CLIPPage

extension Picture {
    /// A scene and its caption.
    init(_ scene: EmojiScene) throws {
        try self.init(scene.bitmap, caption: scene.caption)
    }
}
