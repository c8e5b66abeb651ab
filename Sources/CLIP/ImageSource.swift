public import CLIPImaging
public import Foundation

/// Where an image comes from: a file's path, the bytes of a file, or pixels. A string literal is a path.
public enum ImageSource: Sendable, ExpressibleByStringLiteral {
    /// A JPEG, PNG or WebP file.
    case file(String)
    /// The bytes of such a file, and what errors call them.
    case data(Data, name: String)
    /// Decoded pixels.
    case bitmap(Bitmap)
    /// Pixels that are brought when their turn comes, on any thread, and what errors call them.
    case deferred(name: String, _ load: @Sendable () throws -> Bitmap)

    public init(stringLiteral path: String) { self = .file(path) }

    /// What errors call the image.
    public var name: String {
        switch self {
        case .file(let path): path
        case .data(_, let name): name
        case .bitmap: "an image in memory"
        case .deferred(let name, _): name
        }
    }

    /// The pixels. Throws `FileError` or `ImagingError` with the name, what was expected and what was found.
    package func bitmap(limits: DecodingLimits) throws -> Bitmap {
        switch self {
        case .file(let path): return try Bitmap(file: path, limits: limits)
        case .data(let data, let name): return try Bitmap(decoding: data, name: name, limits: limits)
        case .bitmap(let bitmap): return bitmap
        case .deferred(_, let load): return try load()
        }
    }
}
