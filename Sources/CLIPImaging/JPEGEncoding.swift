import CCLIPCodecs
public import Foundation

extension Bitmap {
    /// The longest side that a JPEG file can have, in pixels.
    static let longestJPEGSide = 65500

    /// The image as a baseline JPEG file, its colour at half the resolution (4:2:0): grey as grey, other modes as RGB.
    ///
    /// `quality` is libjpeg's, 1 to 100. The bytes are those of Pillow's `save(quality=…)`, where it has a libjpeg-turbo
    /// that encodes alike. Throws ``ImagingError``, which names the image `name`, where a side is longer than 65500
    /// pixels.
    public func jpegData(quality: Int = 75, name: String = "image") throws(ImagingError) -> Data {
        precondition((1...100).contains(quality), "libjpeg's qualities go from 1 to 100")
        guard mode == .grey || mode == .rgb else { return try rgb().jpegData(quality: quality, name: name) }
        guard max(width, height) <= Self.longestJPEGSide else {
            throw ImagingError(
                .notEncoded, name: name, expected: "at most \(Self.longestJPEGSide) pixels a side for a JPEG image",
                found: "\(width)×\(height)")
        }
        return try encoded(as: "JPEG", name: name) { pixels, data, length, message in
            clip_jpeg_encode(
                pixels, UInt32(width), UInt32(height), Int32(mode.channels), Int32(quality), data, length, message)
        }
    }
}
