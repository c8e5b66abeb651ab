extension Bitmap {
    /// The image in 8-bit RGB, as Pillow's `convert("RGB")`: alpha is dropped, 16-bit grey is clipped at 255, CMYK is
    /// converted without a colour profile.
    public func rgb() -> Bitmap {
        mode == .rgb ? self : Bitmap(rgb: mapPixels(to: 3, rgbOfPixel), width: width, height: height)
    }

    /// The image in 8-bit RGBA, as Pillow's `convert("RGBA")`: a palette's alpha and a transparent colour count.
    public func rgba() -> Bitmap {
        if mode == .rgba { return self }
        let key = transparentColor?.map { Int($0 & 0xFF) }
        let pixels = mapPixels(to: 4) { input, output in
            rgbOfPixel(input, output)
            output[3] =
                switch mode {
                case .greyAlpha: input[1]
                case .palette: palette[4 * Int(input[0]) + 3]
                default: key.map { isKey($0, output) } == true ? 0 : 255
                }
        }
        return Bitmap(width: width, height: height, mode: .rgba, pixels: pixels)
    }

    /// The image in 8-bit grey by the luma of ITU-R 601-2, as Pillow's `convert("L")`.
    public func grey() -> Bitmap {
        if mode == .grey { return self }
        let pixels = rgb().mapPixels(to: 1) { input, output in
            let (red, green, blue) = (Int(input[0]) * 19595, Int(input[1]) * 38470, Int(input[2]) * 7471)
            output[0] = UInt8((red + green + blue + 0x8000) >> 16)
        }
        return Bitmap(width: width, height: height, mode: .grey, pixels: pixels)
    }

    /// Whether the image has anything transparent to say: an alpha channel, or a palette or colour with alpha.
    package var hasTransparency: Bool {
        switch mode {
        case .greyAlpha, .rgba: true
        case .palette: stride(from: 3, to: palette.count, by: 4).contains { palette[$0] != 255 }
        default: transparentColor != nil
        }
    }

    /// The image in RGB, laid over white where it is transparent, with the roundings of Pillow's `alpha_composite`.
    public func rgbOverWhite() -> Bitmap {
        guard hasTransparency else { return rgb() }
        let pixels = rgba().mapPixels(to: 3) { input, output in
            let alpha = Int(input[3]) << 7
            for channel in 0..<3 {
                let blended = Int(input[channel]) * alpha + 255 * (255 << 7 - alpha) + 0x80 << 7
                output[channel] = UInt8((blended >> 8 + blended) >> 15)
            }
        }
        return Bitmap(rgb: pixels, width: width, height: height)
    }

    /// Whether a pixel is the transparent colour; grey has one value for all three channels.
    private func isKey(_ key: [Int], _ rgb: UnsafeMutablePointer<UInt8>) -> Bool {
        (0..<3).allSatisfy { Int(rgb[$0]) == key[key.count == 3 ? $0 : 0] }
    }

    private func rgbOfPixel(_ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>) {
        switch mode {
        case .bilevel, .grey, .greyAlpha: set(output, input[0], input[0], input[0])
        case .grey16:
            let value = UInt8(clamping: UnsafeRawPointer(input).loadUnaligned(as: UInt16.self))
            set(output, value, value, value)
        case .palette:
            let entry = 4 * Int(input[0])
            set(output, palette[entry], palette[entry + 1], palette[entry + 2])
        case .rgb, .rgba: set(output, input[0], input[1], input[2])
        case .cmyk:
            let light = 255 - input[3]
            set(output, unprinted(input[0], light), unprinted(input[1], light), unprinted(input[2], light))
        }
    }

    private func set(_ output: UnsafeMutablePointer<UInt8>, _ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        output[0] = red
        output[1] = green
        output[2] = blue
    }

    /// What an ink leaves of the light that black has left.
    private func unprinted(_ ink: UInt8, _ light: UInt8) -> UInt8 { light - multiplied(ink, light) }

    /// Fills a new array with `channels` bytes for each pixel.
    private func mapPixels(
        to channels: Int, _ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void
    ) -> [UInt8] {
        let step = mode.bytesPerPixel
        return bytes(count: width * height * channels) { output in
            pixels.withUnsafeBufferPointer { input in
                guard let input = input.baseAddress else { return }
                for pixel in 0..<width * height { body(input + step * pixel, output + channels * pixel) }
            }
        }
    }
}

/// `a * b / 255`, rounded, for bytes.
@inline(__always) func multiplied(_ a: UInt8, _ b: UInt8) -> UInt8 {
    let product = UInt32(a) * UInt32(b) + 128
    return UInt8(truncatingIfNeeded: (product >> 8 + product) >> 8)
}
