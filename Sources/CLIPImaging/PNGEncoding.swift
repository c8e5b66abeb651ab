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
        var encoded: UnsafeMutablePointer<UInt8>?
        var length = 0
        let image = EncodedImage(data: UnsafeBufferPointer(start: nil, count: 0), name: name, limits: .default)
        try pixels.withUnsafeBufferPointer { pixels throws(ImagingError) in
            try image.call("PNG") { _, _, message in
                clip_png_encode(
                    pixels.baseAddress, UInt32(width), UInt32(height), Int32(mode.channels), Int32(compression),
                    &encoded,
                    &length, message)
            }
        }
        guard let encoded else {
            throw ImagingError(.notEncoded, name: name, expected: "a PNG image", found: "no data from the encoder")
        }
        defer { clip_codec_free(encoded) }
        return Data(bytes: encoded, count: length)
    }
}
