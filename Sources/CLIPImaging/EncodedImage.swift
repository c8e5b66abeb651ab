import CCLIPCodecs

/// A file in memory on its way to a ``Bitmap``: the bytes, what errors call them, and what is allowed. The bytes live as
/// long as the closure that lent them, and so does this value.
struct EncodedImage {
    let data: UnsafeBufferPointer<UInt8>
    let name: String
    let limits: DecodingLimits

    /// Calls a codec, and turns a status that is not 0 into an error with the codec's own reason.
    func call(
        _ format: String, _ body: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<CChar>) -> Int32
    ) throws(ImagingError) {
        let (status, reason) = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CLIP_CODEC_MESSAGE)) {
            message in
            message.initialize(repeating: 0)
            guard let start = message.baseAddress else { return (Int32(3), "") }
            return (body(data.baseAddress, data.count, start), String(cString: start))
        }
        if status == 0 { return }
        throw ImagingError(
            Self.code(status), name: name, expected: "a whole \(format) image", found: found(status, reason))
    }

    /// Makes `count` bytes and lets a codec fill them. Memory is touched only as rows arrive, so that a header that
    /// promises more than the file holds costs nothing.
    func pixels(
        count: Int, _ format: String,
        _ body: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<CChar>) -> Int32
    ) throws(ImagingError) -> [UInt8] {
        var failure: ImagingError?
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(ImagingError) {
                try call(format) { body($0, $1, buffer.baseAddress, $2) }
                // Safe, because the codecs return 0 only when they have written every row.
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return pixels
    }

    private static func code(_ status: Int32) -> ImagingError.Code {
        switch status {
        case Int32(CLIP_CODEC_TRUNCATED.rawValue): .truncated
        case Int32(CLIP_CODEC_MEMORY.rawValue): .outOfMemory
        default: .broken
        }
    }

    private func found(_ status: Int32, _ reason: String) -> String {
        switch Self.code(status) {
        case .truncated: "a truncated one of \(data.count) bytes (\(reason))"
        default: "a broken one (\(reason))"
        }
    }

    /// Throws where `count` bytes of a format that packs at most `ratio` units into a byte cannot hold `units`.
    func checkPlausible(units: Int, ratio: Int, width: UInt32, height: UInt32, format: String) throws(ImagingError) {
        guard units / ratio > data.count else { return }
        throw ImagingError(
            .truncated, name: name, expected: "a whole \(format) image of \(width)×\(height)",
            found: "only \(data.count) bytes")
    }
}
