internal import CCLIPCrypto
internal import Foundation

/// A repository as the stand-in for the hub has it.
public struct HubRepositoryContent: Sendable {
    /// A file of the repository.
    public struct File: Sendable {
        public let name: String
        public let bytes: [UInt8]
        /// Whether the hub keeps it as a large file, whose tag is a SHA-256.
        public let isLarge: Bool

        public init(_ name: String, _ bytes: [UInt8], isLarge: Bool = false) {
            self.name = name
            self.bytes = bytes
            self.isLarge = isLarge
            tag =
                isLarge ? digest(EVP_sha256(), bytes) : digest(EVP_sha1(), Array("blob \(bytes.count)\0".utf8) + bytes)
        }

        /// The tag that the hub gives it.
        public let tag: String
    }

    /// `ORG/NAME`.
    public var name: String
    /// The commit that every branch in `branches` is at.
    public var commit: String
    public var branches: Set<String> = ["main"]
    public var files: [File]
    /// The token that a request must show; nil where the repository is public.
    public var token: String?

    public init(_ name: String = "made/up", commit: String = String(repeating: "c0", count: 20), files: [File]) {
        self.name = name
        self.commit = commit
        self.files = files
    }

    /// A model as far as its names go: two small files and large weights of so many bytes.
    public static func small(weights: Int = 50_000) -> HubRepositoryContent {
        let bytes = (0..<weights).map { UInt8(truncatingIfNeeded: $0 &* $0 &+ $0 / 251) }
        return HubRepositoryContent(files: [
            File("config.json", Array("{\"a\": 1}\n".utf8)), File("vocab.json", Array("{}".utf8)),
            File("README.md", Array("not needed".utf8)), File("model.safetensors", bytes, isLarge: true),
        ])
    }

    public func file(_ name: String) -> File? { files.first { $0.name == name } }
}

private func digest(_ algorithm: OpaquePointer?, _ bytes: [UInt8]) -> String {
    var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    precondition(EVP_Digest(bytes, bytes.count, &result, &count, algorithm, nil) == 1)
    return result[..<Int(count)].map { String(format: "%02x", $0) }.joined()
}
