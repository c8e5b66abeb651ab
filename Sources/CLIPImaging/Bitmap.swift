/// An image in memory: a mode, a size, and the samples row by row from the top left, interleaved.
public struct Bitmap: Sendable, Hashable {
    /// Columns, at least one.
    public let width: Int
    /// Rows, at least one.
    public let height: Int
    /// How `pixels` are to be read.
    public let mode: PixelMode
    /// `height * width * mode.bytesPerPixel` bytes, row after row, without padding.
    public internal(set) var pixels: [UInt8]
    /// Red, green, blue and alpha of 256 entries for the mode `palette`, else empty.
    public internal(set) var palette: [UInt8]
    /// The colour that a PNG file declares transparent: one grey sample, or red, green, blue. `nil` without such a
    /// declaration. It takes part in no conversion but ``rgba()``.
    public internal(set) var transparentColor: [UInt16]?

    package init(
        width: Int, height: Int, mode: PixelMode, pixels: [UInt8], palette: [UInt8] = [],
        transparentColor: [UInt16]? = nil
    ) {
        precondition(width > 0 && height > 0, "a bitmap has pixels")
        precondition(
            pixels.count == width * height * mode.bytesPerPixel, "a bitmap has as many samples as its size says")
        precondition(palette.count == (mode == .palette ? 1024 : 0), "a palette has 256 entries of four bytes")
        self.width = width
        self.height = height
        self.mode = mode
        self.pixels = pixels
        self.palette = palette
        self.transparentColor = transparentColor
    }

    /// Wraps `height * width * 3` interleaved bytes of red, green and blue.
    public init(rgb pixels: [UInt8], width: Int, height: Int) {
        self.init(width: width, height: height, mode: .rgb, pixels: pixels)
    }

    /// Wraps `height * width * 4` interleaved bytes of red, green, blue and alpha, which is not premultiplied.
    public init(rgba pixels: [UInt8], width: Int, height: Int) {
        self.init(width: width, height: height, mode: .rgba, pixels: pixels)
    }

    /// Wraps `height * width` bytes of grey.
    public init(grey pixels: [UInt8], width: Int, height: Int) {
        self.init(width: width, height: height, mode: .grey, pixels: pixels)
    }

    /// The same image with other samples of the same mode: its palette goes along.
    func with(pixels: [UInt8], width: Int, height: Int) -> Bitmap {
        Bitmap(
            width: width, height: height, mode: mode, pixels: pixels, palette: palette,
            transparentColor: transparentColor)
    }
}

/// Makes an array of bytes by filling uninitialised memory. Safe where `fill` writes every byte.
func bytes(count: Int, fill: (UnsafeMutablePointer<UInt8>) -> Void) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        if let base = buffer.baseAddress { fill(base) }
        initialized = count
    }
}
