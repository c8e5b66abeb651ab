import CCLIPCodecs

extension EncodedImage {
    /// A WebP file, or the first frame of an animated one, as RGB, or RGBA where its header tells of alpha.
    func decodeWebP() throws(ImagingError) -> Bitmap {
        var header = clip_webp_header()
        try call("WebP") { clip_webp_read_header($0, $1, &header, $2) }
        try limits.check(width: header.width, height: header.height, name: name)
        let (width, height) = (Int(header.width), Int(header.height))
        let mode: PixelMode = header.has_alpha == 0 ? .rgb : .rgba
        let count = width * height * mode.channels
        let pixels = try pixels(count: count, "WebP") { clip_webp_decode($0, $1, $2, count, $3) }
        return Bitmap(width: width, height: height, mode: mode, pixels: pixels)
    }
}
