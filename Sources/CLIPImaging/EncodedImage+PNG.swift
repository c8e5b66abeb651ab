import CCLIPCodecs

extension EncodedImage {
    /// A PNG file in the mode that Pillow would give it: samples of 2 and 4 bits become 8-bit grey, those of 16 bits lose
    /// their lower byte, except that 16-bit grey without alpha stays as it is.
    func decodePNG() throws(ImagingError) -> Bitmap {
        var header = clip_png_header()
        try call("PNG") { clip_png_read_header($0, $1, &header, $2) }
        try limits.check(width: header.width, height: header.height, name: name)
        let layout = PNGLayout(header)
        // Deflate never packs more than 1032 bytes into one.
        try checkPlausible(
            units: layout.rowBytes * layout.height, ratio: 1032, width: header.width, height: header.height,
            format: "PNG")
        var colors = clip_png_colors()
        let size = layout.rowBytes * layout.height
        let packed = try pixels(count: size, "PNG") { clip_png_decode($0, $1, $2, size, &colors, $3) }
        return Bitmap(
            width: layout.width, height: layout.height, mode: layout.mode, pixels: layout.unpacked(packed),
            palette: layout.mode == .palette ? Self.palette(colors) : [],
            transparentColor: Self.transparentColor(colors, layout))
    }

    /// 256 entries of red, green, blue, alpha; those that the file leaves out are opaque black.
    private static func palette(_ colors: clip_png_colors) -> [UInt8] {
        var palette = [UInt8](repeating: 0, count: 1024)
        withUnsafeBytes(of: colors.palette) { rgb in
            for entry in 0..<min(Int(colors.palette_count), 256) {
                for channel in 0..<3 { palette[4 * entry + channel] = rgb[3 * entry + channel] }
            }
        }
        withUnsafeBytes(of: colors.alpha) { alpha in
            for entry in 0..<256 { palette[4 * entry + 3] = entry < Int(colors.alpha_count) ? alpha[entry] : 255 }
        }
        return palette
    }

    private static func transparentColor(_ colors: clip_png_colors, _ layout: PNGLayout) -> [UInt16]? {
        guard colors.has_key != 0 else { return nil }
        return layout.mode == .rgb ? [colors.key.0, colors.key.1, colors.key.2] : [colors.key.0]
    }
}

/// How the samples of a PNG file lie in its rows, and how they become those of a ``Bitmap``.
private struct PNGLayout {
    let width: Int
    let height: Int
    let bits: Int
    let channels: Int
    let mode: PixelMode

    init(_ header: clip_png_header) {
        width = Int(header.width)
        height = Int(header.height)
        bits = Int(header.bit_depth)
        switch header.color_type {
        case 0: (channels, mode) = (1, bits == 1 ? .bilevel : bits == 16 ? .grey16 : .grey)
        case 2: (channels, mode) = (3, .rgb)
        case 3: (channels, mode) = (1, .palette)
        case 4: (channels, mode) = (2, bits == 16 ? .rgba : .greyAlpha)
        default: (channels, mode) = (4, .rgba)
        }
    }

    var rowBytes: Int { (width * channels * bits + 7) / 8 }

    func unpacked(_ packed: [UInt8]) -> [UInt8] {
        switch bits {
        case 8: packed
        case 16: mode == .grey16 ? packed : upperBytes(packed)
        default: unpackedBits(packed)
        }
    }

    /// The upper byte of each 16-bit sample, and grey threefold where grey and alpha become RGBA.
    private func upperBytes(_ packed: [UInt8]) -> [UInt8] {
        let upper = packed.withUnsafeBytes { $0.bindMemory(to: UInt16.self).map { UInt8($0 >> 8) } }
        guard channels == 2 else { return upper }
        return bytes(count: width * height * 4) { output in
            for pixel in 0..<width * height {
                for channel in 0..<3 { output[4 * pixel + channel] = upper[2 * pixel] }
                output[4 * pixel + 3] = upper[2 * pixel + 1]
            }
        }
    }

    /// A byte for each sample of 1, 2 or 4 bits: the index itself, or grey from 0 to 255.
    private func unpackedBits(_ packed: [UInt8]) -> [UInt8] {
        let mask = UInt8(1 << bits - 1)
        let scale = mode == .palette ? 1 : 255 / mask
        let perByte = 8 / bits
        return bytes(count: width * height) { output in
            for y in 0..<height {
                for x in 0..<width {
                    let byte = packed[y * rowBytes + x / perByte]
                    output[y * width + x] = (byte >> UInt8(8 - bits * (x % perByte + 1)) & mask) * scale
                }
            }
        }
    }
}
