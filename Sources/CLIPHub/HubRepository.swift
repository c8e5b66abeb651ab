internal import CLIPFiles

/// A repository of the hub and a revision of it: `ORG/NAME`, or `NAME` alone, and perhaps `@revision`.
///
/// ```swift
/// let repository = try HubRepository("openai/clip-vit-base-patch32@main")
/// ```
public struct HubRepository: Hashable, Sendable, CustomStringConvertible {
    /// `ORG/NAME` or `NAME`.
    public let name: String
    /// A branch, a tag, or a commit of 40 hexadecimal digits.
    public let revision: String

    /// Parses a name. Throws ``HubError`` with the code `invalidName` where the hub would allow no such name.
    public init(_ text: String) throws(HubError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        revision = parts.count > 1 ? String(parts[1]) : "main"
        guard Self.isName(name) else {
            throw HubError(.invalidName, text.quoted(), "expected a name of the hub such as ORG/NAME, found none")
        }
        guard Self.isRevision(revision) else {
            throw HubError(.invalidName, text.quoted(), "expected a branch, a tag or a commit behind @, found none")
        }
    }

    /// Whether the name has an organisation or a user in front.
    public var hasOwner: Bool { name.contains("/") }

    /// The name, and the revision where it is not `main`.
    public var description: String { revision == "main" ? name : "\(name)@\(revision)" }

    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy(isNamePart) && !name.contains("--") && !name.contains("..")
            && !name.hasSuffix(".git")
    }

    private static func isNamePart(_ part: Substring) -> Bool {
        let characters = part.utf8
        guard (1...96).contains(characters.count) else { return false }
        let isEdge = { (byte: UInt8?) in byte.map { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") } ?? false }
        return isEdge(characters.first) && isEdge(characters.last)
            && characters.allSatisfy { $0.isLetterOrDigit || "-_.".utf8.contains($0) }
    }

    /// A name of git's that is also a path below the cache's `refs`.
    private static func isRevision(_ revision: String) -> Bool {
        guard (1...200).contains(revision.utf8.count), !revision.contains("@{") else { return false }
        let forbidden = Set(" ~^:?*[\\\"".utf8)
        guard revision.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !forbidden.contains($0) }) else { return false }
        return revision.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".") && !part.hasPrefix("-") && !part.hasSuffix(".lock")
                && !part.hasSuffix(".") && !part.contains("..")
        }
    }
}

extension UInt8 {
    /// Whether the byte is one of ASCII's letters and digits.
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}

extension String {
    /// Whether the text is `count` hexadecimal digits in small letters, as digests are written.
    func isDigest(ofDigits count: Int) -> Bool {
        utf8.count == count
            && utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// Whether the text is a commit, which never changes.
    var isCommit: Bool { isDigest(ofDigits: 40) }
}
