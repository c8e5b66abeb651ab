internal import CCLIPZlib

/// Unpacks gzip data in memory.
enum Gzip {
    /// Why data could not be unpacked.
    enum Failure: Error {
        case notGzip
        case truncated
        case tooLarge
    }

    /// The unpacked bytes of the first gzip member.
    ///
    /// - Parameter limit: The most bytes that may come out; a file that holds more is refused while it is unpacked.
    static func inflate(_ packed: some Collection<UInt8>, limit: Int) throws -> [UInt8] {
        var stream = z_stream()
        let windowBits = 15 + 16  // gzip framing
        guard inflateInit2_(&stream, Int32(windowBits), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw Failure.notGzip }
        defer { inflateEnd(&stream) }
        var input = Array(packed)
        return try input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(clamping: input.count)
            return try drain(&stream, limit: limit)
        }
    }

    private static func drain(_ stream: inout z_stream, limit: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let status = chunk.withUnsafeMutableBufferPointer { chunk in
                stream.next_out = chunk.baseAddress
                stream.avail_out = UInt32(chunk.count)
                return CCLIPZlib.inflate(&stream, Z_NO_FLUSH)
            }
            let produced = chunk.count - Int(stream.avail_out)
            guard result.count + produced <= limit else { throw Failure.tooLarge }
            result.append(contentsOf: chunk[..<produced])
            switch status {
            case Z_STREAM_END: return result
            case Z_OK: continue
            case Z_BUF_ERROR: throw Failure.truncated
            default: throw Failure.notGzip
            }
        }
    }
}
