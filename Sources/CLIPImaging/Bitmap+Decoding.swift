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

    /// Reads and decodes a file. `name` is what errors call it, its path if not given. Throws ``ImagingError``.
    public init(
        contentsOf url: URL, name: String? = nil, limits: DecodingLimits = .default
    ) throws(ImagingError) {
        let name = name ?? url.path
        try self.init(decoding: Self.read(url, name: name, limits: limits), name: name, limits: limits)
    }

    private static func read(_ url: URL, name: String, limits: DecodingLimits) throws(ImagingError) -> Data {
        func failure(_ code: ImagingError.Code, _ found: String) -> ImagingError {
            ImagingError(code, name: name, expected: "an image file", found: found)
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw failure(.missing, "no such file")
        }
        if isFolder.boolValue { throw failure(.unreadable, "a folder") }
        do {
            let file = try FileHandle(forReadingFrom: url)
            // One byte more than allowed, so that a file over the limit is told from one at it.
            let data = try file.read(upToCount: min(limits.maximumBytes, Int.max - 1) + 1) ?? Data()
            try file.close()
            return data
        } catch {
            throw failure(.unreadable, "a file that cannot be read")
        }
    }

    private static func tooManyBytes(_ count: Int, name: String, limits: DecodingLimits) -> ImagingError {
        ImagingError(
            .tooLarge, name: name, expected: "at most \(limits.maximumBytes) bytes", found: "\(count) or more bytes")
    }
}
