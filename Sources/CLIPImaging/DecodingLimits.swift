/// How large an image may be. The limits are checked against the file's header, before memory is taken for pixels.
public struct DecodingLimits: Sendable, Hashable, Codable {
    /// The most pixels an image may have. The default is where Pillow refuses an image as a decompression bomb.
    public var maximumPixels: Int
    /// The most bytes a file may have.
    public var maximumBytes: Int

    /// Limits for images that come from anywhere.
    public static let `default` = DecodingLimits()

    /// Sets the limits: pixels of the decoded image, bytes of the file.
    public init(maximumPixels: Int = 178_956_970, maximumBytes: Int = 1 << 30) {
        self.maximumPixels = maximumPixels
        self.maximumBytes = maximumBytes
    }

    /// Throws ``ImagingError`` where the header's size is zero or over the limit.
    func check(width: UInt32, height: UInt32, name: String) throws(ImagingError) {
        guard width > 0, height > 0 else {
            throw ImagingError(.broken, name: name, expected: "an image with pixels", found: "\(width)×\(height)")
        }
        let (pixels, overflow) = Int(width).multipliedReportingOverflow(by: Int(height))
        guard !overflow, pixels <= maximumPixels else {
            throw ImagingError(
                .tooLarge, name: name, expected: "at most \(maximumPixels) pixels",
                found: "a header that claims \(width)×\(height)")
        }
    }
}
