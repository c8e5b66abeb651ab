package import CLIPImaging
internal import Foundation

/// A picture inside the page: a PNG as a data URI, so that the page needs no other file.
package struct Picture: Sendable {
    private let base64: String
    private let caption: String
    private let size: (width: Int, height: Int)

    /// Encodes an image; its caption is what readers without sight are told.
    package init(_ bitmap: Bitmap, caption: String) throws {
        self.init(
            base64: try bitmap.pngData(compression: 9, name: caption).base64EncodedString(), caption: caption,
            width: bitmap.width, height: bitmap.height)
    }

    /// A PNG file that is in base 64 already.
    package init(base64: String, caption: String, width: Int, height: Int) {
        self.base64 = base64
        self.caption = caption
        size = (width, height)
    }

    /// The image. It is hidden from readers without sight where its caption stands beside it.
    package func html(isDescribedBeside: Bool = false) -> HTML {
        let text = isDescribedBeside ? "" : caption
        return """
            <img src="data:image/png;base64,\(base64)" alt="\(text)" width="\(size.width)" height="\(size.height)" \
            decoding="async">
            """
    }
}
