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
        case .sha256(let digits): return try Self.digits(ContentDigest(.sha256), descriptor, path) == digits
        case .git(let digits):
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw FileError.system(path) }
            let digest = ContentDigest(.sha1)
            digest.add(Array("blob \(status.st_size)\0".utf8))
            return try Self.digits(digest, descriptor, path) == digits
        }
    }

    private static func digits(_ digest: ContentDigest, _ descriptor: Int32, _ path: String) throws -> String {
        try digest.add(descriptor, path)
        return digest.finish().hexadecimal
    }
}
