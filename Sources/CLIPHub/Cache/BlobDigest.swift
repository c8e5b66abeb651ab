internal import CCLIPCrypto
internal import CLIPFiles
internal import Foundation

/// What a file's bytes must digest to, as the hub says it by the form of the tag.
package enum BlobDigest: Hashable, Sendable {
    /// The SHA-256 of a large file's bytes.
    case sha256(String)
    /// Git's name of a small file: the SHA-1 of "blob SIZE", a zero byte, and the bytes.
    case git(String)

    /// The digest that a tag stands for; nil where it is of neither form.
    package init?(tag: String) {
        if tag.isDigest(ofDigits: 64) {
            self = .sha256(tag)
        } else if tag.isDigest(ofDigits: 40) {
            self = .git(tag)
        } else {
            return nil
        }
    }

    /// The name of the digest and its digits.
    package var description: String {
        switch self {
        case .sha256(let digits): "the SHA-256 \(digits)"
        case .git(let digits): "git's blob \(digits)"
        }
    }

    /// Whether the file at `path` has this digest. The file is read in parts, between which the task may be cancelled.
    package func matches(file path: String) throws -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.system(path) }
        defer { close(descriptor) }
        switch self {
        case .sha256(let digits):
            return try Digest(EVP_sha256()).adding(descriptor, path).digits == digits
        case .git(let digits):
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw FileError.system(path) }
            let digest = Digest(EVP_sha1())
            digest.add(Array("blob \(status.st_size)\0".utf8)[...])
            return try digest.adding(descriptor, path).digits == digits
        }
    }
}

/// A digest that is being computed.
private final class Digest {
    private let context: OpaquePointer?

    /// A digest by one of libcrypto's algorithms.
    init(_ algorithm: OpaquePointer?) {
        context = EVP_MD_CTX_new()
        precondition(EVP_DigestInit_ex(context, algorithm, nil) == 1, "libcrypto knows the algorithm")
    }

    deinit { EVP_MD_CTX_free(context) }

    func add(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// The digest with the rest of an open file added.
    func adding(_ descriptor: Int32, _ path: String) throws -> Digest {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            try Task.checkCancellation()
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return self }
            if count < 0 && errno != EINTR { throw FileError.system(path) }
            if count > 0 { add(buffer[..<count]) }
        }
    }

    /// The end of the computation, in hexadecimal digits.
    var digits: String {
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard EVP_DigestFinal_ex(context, &bytes, &count) == 1 else { return "" }
        return bytes[..<Int(count)].map { String(format: "%02x", $0) }.joined()
    }
}
