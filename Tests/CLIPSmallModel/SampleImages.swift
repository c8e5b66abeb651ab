public import CLIPImaging
public import CLIPTestSupport
internal import Foundation

/// Image files for tests: good ones of any number, and each kind of bad one.
public struct SampleImages {
    public let folder: TemporaryFolder

    public init() throws { folder = try TemporaryFolder() }

    /// The path of a good PNG image, another for each index.
    public func image(_ index: Int) throws -> String {
        try folder.write(Self.bitmap(index).pngData(), as: "image-\(index).png")
    }

    /// The pixels of that image: a gradient in two colours, each image of a size of its own.
    public static func bitmap(_ index: Int) -> Bitmap {
        let (width, height) = (40 + 3 * index, 36 + 5 * (index % 7))
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                pixels.append(UInt8(x * 255 / width))
                pixels.append(UInt8(y * 255 / height))
                pixels.append(UInt8((index * 67 + x * y) % 256))
            }
        }
        return Bitmap(rgb: pixels, width: width, height: height)
    }

    /// A bad file of each kind, and words of the reason that is given for it.
    public func bad() throws -> [(path: String, reason: String)] {
        let whole = try Self.bitmap(0).pngData()
        return [
            (try folder.write(Array("no image\n".utf8), as: "text.png"), "found text"),
            (try folder.write([UInt8](), as: "empty.jpg"), "expected a JPEG, PNG or WebP image"),
            (folder.url.path, "found a folder"),
            (try folder.write(whole.prefix(whole.count / 2), as: "cut.png"), "truncated"),
            (try folder.write(Self.claiming(100_000, 100_000, whole), as: "huge.png"), "claims 100000×100000"),
            (folder.path("missing.png"), "found none"),
        ]
    }

    /// A PNG file whose header claims another size, with the checksum that belongs to it.
    private static func claiming(_ width: UInt32, _ height: UInt32, _ file: Data) -> Data {
        var file = file
        file.replaceSubrange(16..<20, with: bytes(width))
        file.replaceSubrange(20..<24, with: bytes(height))
        file.replaceSubrange(29..<33, with: bytes(checksum(file[12..<29])))
        return file
    }

    private static func bytes(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }

    /// CRC-32, bit by bit.
    private static func checksum(_ bytes: Data) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
