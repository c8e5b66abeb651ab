internal import CCLIPZlib

/// The bytes that deflated data stands for, which must be `count`.
///
/// Nothing is allocated that so few packed bytes could not fill.
func inflated(_ packed: UnsafeRawBufferPointer, count: Int) throws -> [UInt8] {
    // The format's densest code is 258 bytes in two bits.
    guard count / 1032 <= packed.count, let input = UInt32(exactly: packed.count), let output = UInt32(exactly: count)
    else {
        throw TorchFormatError(expected: "deflated data of \(count) bytes", found: "only \(packed.count) packed ones")
    }
    var stream = z_stream()
    // Negative: no framing, as in a zip archive.
    guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw TorchFormatError(expected: "memory to unpack \(count) bytes", found: "none")
    }
    defer { inflateEnd(&stream) }
    var status = Z_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: count + 1) { buffer, produced in
        // zlib does not write to its input.
        stream.next_in = UnsafeMutablePointer(mutating: packed.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.avail_in = input
        stream.next_out = buffer.baseAddress
        stream.avail_out = output
        status = inflate(&stream, Z_FINISH)
        produced = count - Int(stream.avail_out)
    }
    guard status == Z_STREAM_END, bytes.count == count else {
        throw TorchFormatError(expected: "deflated data of \(count) bytes", found: "a stream of another size or damage")
    }
    return bytes
}
