import CCLIPCodecs
internal import Foundation

extension Bitmap {
    /// Calls an encoder with the pixels, and takes over the file that it makes in memory.
    func encoded(
        as format: String, name: String,
        _ encode: (
            _ pixels: UnsafePointer<UInt8>?, _ data: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>,
            _ length: UnsafeMutablePointer<Int>, _ message: UnsafeMutablePointer<CChar>
        ) -> Int32
    ) throws(ImagingError) -> Data {
        var data: UnsafeMutablePointer<UInt8>?
        var length = 0
        let image = EncodedImage(data: UnsafeBufferPointer(start: nil, count: 0), name: name, limits: .default)
        try pixels.withUnsafeBufferPointer { pixels throws(ImagingError) in
            try image.call(format) { _, _, message in encode(pixels.baseAddress, &data, &length, message) }
        }
        guard let data else {
            throw ImagingError(
                .notEncoded, name: name, expected: "a \(format) image", found: "no data from the encoder")
        }
        defer { clip_codec_free(data) }
        return Data(bytes: data, count: length)
    }
}
