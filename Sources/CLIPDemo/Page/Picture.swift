package import CLIPData
internal import CLIPImaging
internal import Foundation

/// A scene's picture inside the page: a PNG as a data URI, so that the page needs no other file.
package struct Picture: Sendable {
    private let uri: String
    private let caption: String
    private let side: Int

    /// Draws and encodes a scene; its caption is what readers without sight are told.
    package init(_ scene: EmojiScene) throws {
        let bitmap = scene.bitmap
        uri = "data:image/png;base64,\(try bitmap.pngData(compression: 9, name: "scene").base64EncodedString())"
        caption = scene.caption
        side = scene.imageSize
    }

    /// The image. It is hidden from readers without sight where its caption stands beside it.
    package func html(isDescribedBeside: Bool = false) -> HTML {
        let text = isDescribedBeside ? "" : caption
        return "<img src=\"\(uri)\" alt=\"\(text)\" width=\"\(side)\" height=\"\(side)\" decoding=\"async\">"
    }
}
