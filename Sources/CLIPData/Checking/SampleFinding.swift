internal import CLIPFiles
import CLIPImaging
import CLIPTokenization

/// What a look at one sample showed.
struct SampleFinding {
    var width = 0
    var height = 0
    var bytes = 0
    var format = ImageFormat.jpeg
    var mode = PixelMode.rgb
    /// Equal for equal files, and different for others but for one chance in 2⁶⁴.
    var imageHash = 0
    /// The same of the captions.
    var captionHashes: [Int] = []
    /// The lengths of the captions in tokens; those that are cut have the context's.
    var lengths: [Int] = []
    var cut = 0
    var thumbnail: DataReport.Thumbnail?

    /// Reads and decodes a sample.
    /// - Throws: Why it cannot be used.
    init(_ pairs: any StoredPairs, at index: Int, tokenizer: (any Tokenizer)?, isShown: Bool) throws {
        let captions = try pairs.allCaptions(at: index)
        let image = try pairs.imageBytes(at: index)
        let name = pairs.name(at: index)
        let bitmap = try image.withUnsafeBytes { bytes in
            format = try ImageFormat(of: bytes, name: name)
            return try Bitmap(decoding: bytes, name: name)
        }
        (width, height, mode, bytes) = (bitmap.width, bitmap.height, bitmap.mode, image.count)
        imageHash = Self.hash(image)
        for caption in captions {
            captionHashes.append(Self.hash(Array(caption.utf8)))
            guard let text = tokenizer?.encode(caption) else { continue }
            lengths.append(text.ids.count)
            cut += text.isTruncated ? 1 : 0
        }
        if isShown { thumbnail = Self.thumbnail(bitmap, name: name, caption: captions.first ?? "") }
    }

    /// A keyed hash of Swift's, whose key nobody knows: a set cannot be made to look full of duplicates.
    private static func hash(_ bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes.count)
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    /// The longer side of a small picture.
    static let thumbnailSide = 112

    static func thumbnail(_ bitmap: Bitmap, name: String, caption: String) -> DataReport.Thumbnail {
        let longest = max(bitmap.width, bitmap.height)
        func side(_ length: Int) -> Int { max(1, longest > thumbnailSide ? length * thumbnailSide / longest : length) }
        return DataReport.Thumbnail(
            name: name, caption: caption, width: bitmap.width, height: bitmap.height,
            picture: bitmap.rgb().resized(width: side(bitmap.width), height: side(bitmap.height)))
    }
}

/// Why samples cannot be used, in the few words that they are counted by.
enum UnreadableReason {
    static func words(for error: any Error) -> String {
        switch error {
        case let error as ImagingError:
            switch error.code {
            case .unknownFormat: "not a JPEG, PNG or WebP image"
            case .truncated: "truncated image"
            case .tooLarge: "image too large"
            case .outOfMemory: "no memory for the image"
            case .broken, .notEncoded: "broken image"
            }
        case is MissingSample: "sample that its shard lacks"
        case let error as FileError where error.code == .notFound: "missing file"
        case is FileError: "file that cannot be read"
        default: "no image or no caption"
        }
    }
}
