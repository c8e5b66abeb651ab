/// How the samples of a ``Bitmap`` are to be read. The modes are those in which image files come; an image is resized in
/// its own mode, as Pillow does, so the mode decides about the result.
public enum PixelMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// Black and white, a byte a pixel: 0 or 255. Resized by nearest neighbour.
    case bilevel
    /// 8-bit grey.
    case grey
    /// 8-bit grey and alpha.
    case greyAlpha
    /// 16-bit grey, in the machine's byte order. Clipped at 255 when it becomes 8-bit, as Pillow does.
    case grey16
    /// An index into the bitmap's palette. Resized by nearest neighbour.
    case palette
    /// 8-bit red, green, blue.
    case rgb
    /// 8-bit red, green, blue, alpha. Resized with premultiplied alpha.
    case rgba
    /// 8-bit cyan, magenta, yellow, black; 255 is full ink.
    case cmyk

    /// How many samples a pixel has.
    public var channels: Int {
        switch self {
        case .bilevel, .grey, .grey16, .palette: 1
        case .greyAlpha: 2
        case .rgb: 3
        case .rgba, .cmyk: 4
        }
    }

    /// How many bytes a pixel takes.
    public var bytesPerPixel: Int { self == .grey16 ? 2 : channels }
}
