import CCLIPZlib
import CCLIPZstd
internal import CLIPFiles
import Foundation

/// How a file is packed as a whole, told by its first bytes.
enum FileCompression {
    case gzip
    case zstandard

    /// `nil` for a file that is not packed.
    init?(of descriptor: Int32) {
        var start = [UInt8](repeating: 0, count: 4)
        let count = pread(descriptor, &start, 4, 0)
        if count >= 2, start[0] == 0x1F, start[1] == 0x8B {
            self = .gzip
        } else if count == 4, start == [0x28, 0xB5, 0x2F, 0xFD] {
            self = .zstandard
        } else {
            return nil
        }
    }
}

/// Unpacks a file from a descriptor into another, a piece at a time.
struct Unpacking {
    let path: String
    let source: Int32
    let target: UnnamedFile
    /// How many bytes there may be when it is unpacked.
    let largest: Int

    private static let pieceSize = 1 << 18

    /// Unpacks all that can be; returns what is wrong with the rest, or `nil` where nothing is.
    ///
    /// - Throws: `FileError` where the disk does not give or take bytes.
    func run(_ packing: FileCompression) throws -> String? {
        switch packing {
        case .gzip: try gunzip()
        case .zstandard: try unpackZstandard()
        }
    }

    /// Calls `body` with piece after piece of the source until it returns a reason to stop; `nil` at the end.
    private func forEachPiece(_ body: (UnsafeMutableRawBufferPointer) throws -> String?) throws -> String? {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
        defer { piece.deallocate() }
        while true {
            let count = Foundation.read(source, piece.baseAddress, piece.count)
            if count == 0 { return nil }
            guard count > 0 || errno == EINTR else { throw FileError.system(path) }
            guard count > 0 else { continue }
            if let reason = try body(UnsafeMutableRawBufferPointer(rebasing: piece[..<count])) { return reason }
        }
    }

    /// Takes unpacked bytes; returns why there may be no more.
    private func take(_ bytes: UnsafeRawBufferPointer) throws -> String? {
        guard target.count + bytes.count <= largest else { return "more than \(largest) bytes unpacked" }
        try target.write(bytes)
        return nil
    }

    private func gunzip() throws -> String? {
        var stream = z_stream()
        let gzipFraming: Int32 = 15 + 16
        guard inflateInit2_(&stream, gzipFraming, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw FileError(.unreadable, path: path, "cannot be unpacked: no memory")
        }
        defer { inflateEnd(&stream) }
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
        defer { output.deallocate() }
        var isBetweenMembers = false
        let reason = try forEachPiece { piece in
            stream.next_in = piece.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.avail_in = UInt32(piece.count)
            repeat {
                // A file may hold one member after the other; what follows the last, often zeros, is passed over.
                if isBetweenMembers, stream.avail_in == 0 || stream.next_in?.pointee != 0x1F { return nil }
                isBetweenMembers = false
                if let reason = try inflatePiece(&stream, output, &isBetweenMembers) { return reason }
            } while stream.avail_in > 0 || stream.avail_out == 0
            return nil
        }
        return reason ?? (isBetweenMembers ? nil : "expected a whole gzip file, found the end")
    }

    private func inflatePiece(
        _ stream: inout z_stream, _ output: UnsafeMutableRawBufferPointer, _ isBetweenMembers: inout Bool
    ) throws -> String? {
        stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(output.count)
        let status = inflate(&stream, Z_NO_FLUSH)
        let count = output.count - Int(stream.avail_out)
        if let reason = try take(UnsafeRawBufferPointer(rebasing: output[..<count])) { return reason }
        switch status {
        case Z_OK, Z_BUF_ERROR: return nil
        case Z_STREAM_END:
            isBetweenMembers = true
            inflateReset(&stream)
            return nil
        default: return "broken gzip data after \(target.count) bytes"
        }
    }

    private func unpackZstandard() throws -> String? {
        guard let context = ZSTD_createDCtx() else {
            throw FileError(.unreadable, path: path, "cannot be unpacked: no memory")
        }
        defer { ZSTD_freeDCtx(context) }
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: ZSTD_DStreamOutSize(), alignment: 16)
        defer { output.deallocate() }
        // What the last call left to be read or written; 0 at the end of a frame.
        var expected = 0
        let reason = try forEachPiece { piece in
            var input = ZSTD_inBuffer(src: piece.baseAddress, size: piece.count, pos: 0)
            var isFull = false
            while input.pos < input.size || isFull {
                var buffer = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                expected = ZSTD_decompressStream(context, &buffer, &input)
                if ZSTD_isError(expected) != 0 {
                    return
                        "broken zstd data after \(target.count) bytes (\(String(cString: ZSTD_getErrorName(expected))))"
                }
                if let reason = try take(UnsafeRawBufferPointer(rebasing: output[..<buffer.pos])) { return reason }
                isFull = buffer.pos == buffer.size && expected > 0
            }
            return nil
        }
        return reason ?? (expected == 0 ? nil : "expected a whole zstd file, found the end")
    }
}
