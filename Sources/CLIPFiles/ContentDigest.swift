internal import CCLIPCrypto
internal import Foundation

/// A digest of bytes that are given part after part.
package final class ContentDigest {
    /// How bytes are digested.
    package enum Algorithm: Sendable, Hashable {
        /// Git's, which is safe against accidents alone.
        case sha1
        case sha256
    }

    private let context: OpaquePointer?

    /// A digest of nothing yet.
    package init(_ algorithm: Algorithm = .sha256) {
        context = EVP_MD_CTX_new()
        let method = algorithm == .sha1 ? EVP_sha1() : EVP_sha256()
        precondition(EVP_DigestInit_ex(context, method, nil) == 1, "libcrypto knows the algorithm")
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    package func add(_ bytes: UnsafeRawBufferPointer) { _ = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

    /// Adds bytes.
    package func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    /// Adds a text and its end, so that two texts in a row are not one.
    package func add(_ text: String) { add(Array(text.utf8) + [0]) }

    /// Adds the rest of an open file, in parts between which the task may be cancelled. Errors name `path`.
    package func add(_ descriptor: Int32, _ path: String) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            try Task.checkCancellation()
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return }
            if count < 0 && errno != EINTR { throw FileError.system(path) }
            if count > 0 { buffer.withUnsafeBytes { add(UnsafeRawBufferPointer(rebasing: $0[..<count])) } }
        }
    }

    /// Adds the bytes of the file at `path`.
    package func add(file path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.system(path) }
        defer { close(descriptor) }
        try add(descriptor, path)
    }

    /// Ends the computation; nothing can be added afterwards.
    package func finish() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        precondition(EVP_DigestFinal_ex(context, &bytes, &count) == 1, "a digest is finished once")
        return Array(bytes[..<Int(count)])
    }
}

extension [UInt8] {
    /// The bytes as hexadecimal digits.
    package var hexadecimal: String { map { String(format: "%02x", $0) }.joined() }
}
