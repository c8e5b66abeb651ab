import CCLIPCodecs

extension EncodedImage {
    /// A JPEG file as grey, RGB or CMYK.
    func decodeJPEG() throws(ImagingError) -> Bitmap {
        var header = clip_jpeg_header()
        try call("JPEG") { clip_jpeg_read_header($0, $1, &header, $2) }
        try limits.check(width: header.width, height: header.height, name: name)
        let (width, height) = (Int(header.width), Int(header.height))
        if header.arithmetic == 0 {
            // Huffman codes spend at least a bit on a block, and sampling factors let a block cover 32×32 pixels.
            try checkPlausible(
                units: width * height, ratio: 8192, width: header.width, height: header.height, format: "JPEG")
        }
        let mode = try jpegMode(components: Int(header.components))
        var pixels = try pixels(count: width * height * mode.channels, "JPEG") {
            clip_jpeg_decode($0, $1, $2, width * height * mode.channels, $3)
        }
        if mode == .cmyk { invert(&pixels) }
        return Bitmap(width: width, height: height, mode: mode, pixels: pixels)
    }

    private func jpegMode(components: Int) throws(ImagingError) -> PixelMode {
        switch components {
        case 1: return .grey
        case 3: return .rgb
        case 4: return .cmyk
        default:
            throw ImagingError(
                .broken, name: name, expected: "a JPEG image of 1, 3 or 4 components", found: "\(components)")
        }
    }

    /// Adobe writes CMYK with 0 for full ink, and everyone follows: Pillow inverts whatever the markers say.
    private func invert(_ pixels: inout [UInt8]) {
        for index in pixels.indices { pixels[index] = ~pixels[index] }
    }
}
