import CCLIPCodecs
public import Foundation

extension Bitmap {
    /// The image as a PNG file, 8 bits a sample: grey, grey with alpha, RGB and RGBA as they are, other modes as RGB.
    ///
    /// `compression` is zlib's level, 0 to 9. Throws ``ImagingError``, which names the image `name`.
    public func pngData(compression: Int = 6, name: String = "image") throws(ImagingError) -> Data {
        switch mode {
        case .grey, .greyAlpha, .rgb, .rgba: break
        default: return try rgb().pngData(compression: compression, name: name)
        }
        return try encoded(as: "PNG", name: name) { pixels, data, length, message in
            clip_png_encode(
                pixels, UInt32(width), UInt32(height), Int32(mode.channels), Int32(compression), data, length, message)
        }
    }
}
