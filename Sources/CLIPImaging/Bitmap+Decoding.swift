internal import CLIPFiles
public import Foundation

extension Bitmap {
    /// Decodes a JPEG, PNG or WebP file that lies in memory; of an animation, its first frame. Orientation and colour
    /// profiles in the file are not applied.
    ///
    /// `name` is what errors call the data. Throws ``ImagingError`` for anything that is not one whole image within the
    /// limits; a JPEG file whose damage libjpeg can step over is not an error.
    public init(
        decoding data: UnsafeRawBufferPointer, name: String, limits: DecodingLimits = .default
    ) throws(ImagingError) {
        guard data.count <= limits.maximumBytes else { throw Self.tooManyBytes(data.count, name: name, limits: limits) }
        let source = EncodedImage(data: data.bindMemory(to: UInt8.self), name: name, limits: limits)
        self =
            switch try ImageFormat(of: data, name: name) {
            case .jpeg: try source.decodeJPEG()
            case .png: try source.decodePNG()
            case .webp: try source.decodeWebP()
            }
    }

    /// Decodes a JPEG, PNG or WebP file that lies in memory likewise.
    public init(decoding data: Data, name: String, limits: DecodingLimits = .default) throws(ImagingError) {
        let result = data.withUnsafeBytes { bytes in
            Result { () throws(ImagingError) in try Bitmap(decoding: bytes, name: name, limits: limits) }
        }
        self = try result.get()
    }

    /// Reads and decodes the regular file at a path; a pipe, a device or a folder is refused without waiting for it.
    ///
    /// `name` is what errors call the file, its path if not given. Throws `FileError` where it cannot be read, and
    /// ``ImagingError`` where it is no image.
    public init(file path: String, name: String? = nil, limits: DecodingLimits = .default) throws {
        let name = name ?? path
        do {
            if let bytes = try contents(ofFile: path, ifAtMost: Self.largestReadFile) {
                self = try bytes.withUnsafeBytes { try Bitmap(decoding: $0, name: name, limits: limits) }
                return
            }
            let file = try MappedFile(path: path)
            self = try withExtendedLifetime(file) {
                try Bitmap(decoding: UnsafeRawBufferPointer(file.bytes), name: name, limits: limits)
            }
        } catch var error as FileError {
            error.path = name
            throw error
        }
    }

    /// Larger files are mapped, so that one that is no image is refused before it is read.
    private static let largestReadFile = 16 << 20

    private static func tooManyBytes(_ count: Int, name: String, limits: DecodingLimits) -> ImagingError {
        ImagingError(
            .tooLarge, name: name, expected: "at most \(limits.maximumBytes) bytes", found: "\(count) bytes")
    }
}
