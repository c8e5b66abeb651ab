internal import CLIPFiles
internal import Foundation
internal import Synchronization

#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif

/// The names of a repository's files at a commit.
struct HubListing: Sendable {
    let commit: String
    let names: Set<String>
}

/// What the hub says of a file.
struct HubFile: Sendable {
    let name: String
    /// The tag that names the blob.
    let tag: String
    /// The size in bytes, where the hub tells it.
    let size: Int?
    /// The hub's own address of the file.
    let url: URL
    /// The address that the hub sent us to.
    let location: URL
}

extension HubConnection {
    /// Asks for the commit that the revision is at, and its files.
    func listing() async throws -> HubListing {
        let subject = repository.description
        let path = "api/models/\(repository.name)/revision/\(repository.revision.percentEncoded(except: ""))"
        let question = Question(url: try url(path), subject: subject, timeout: environment.answerTimeout)
        let bytes = try await questions.run {
            let text = SmallBody(limit: 64 << 20, subject)
            _ = try await ask(question, HTTPReceiver(head: { _ in text.clear() }, body: { try text.append($0) }))
            return text.bytes
        }
        return try Self.listing(bytes, repository)
    }

    private static func listing(_ bytes: [UInt8], _ repository: HubRepository) throws -> HubListing {
        let refused = { (expected: String, found: String) in
            HubError(.badData, repository.description, "expected a listing with \(expected), found \(found)")
        }
        let json: JSON
        do { json = try bytes.withUnsafeBytes { try JSON(parsing: $0) } } catch {
            throw refused("JSON", "\(error)")
        }
        guard let commit = json["sha"]?.string, commit.isCommit else {
            throw refused("a commit as \"sha\"", json["sha"].map { $0.string?.quoted() ?? $0.kind } ?? "none")
        }
        if repository.revision.isCommit && repository.revision != commit {
            throw refused("the commit \(repository.revision)", commit)
        }
        guard let siblings = json["siblings"]?.array else { throw refused("\"siblings\"", "none") }
        let names = siblings.compactMap { $0["rfilename"]?.string }
        guard names.count == siblings.count else { throw refused("a name of each file", "a file without one") }
        if let odd = names.first(where: { !isFileName($0) }) { throw refused("relative names", odd.quoted()) }
        return HubListing(commit: commit, names: Set(names))
    }

    /// Asks for the tag, the size and the place of a file.
    func file(_ name: String, of commit: String) async throws -> HubFile {
        let path = "\(repository.name)/resolve/\(commit)/\(name.percentEncoded(except: "/"))"
        let question = Question(
            method: "HEAD", url: try url(path), subject: "\(repository): \(name)", timeout: environment.answerTimeout,
            staysHere: true)
        let answer = try await questions.run { try await ask(question) }
        if let found = answer.header("X-Repo-Commit"), found != commit {
            throw HubError(.badData, question.subject, "expected the commit \(commit), found \(found.quoted())")
        }
        return HubFile(
            name: name, tag: try tag(answer, question.subject), size: try size(answer, question.subject),
            url: question.url, location: answer.url)
    }

    private func tag(_ answer: Answer, _ subject: String) throws -> String {
        let header = answer.header("X-Linked-Etag") ?? answer.responses.last?.value(forHTTPHeaderField: "ETag") ?? ""
        let tag = (header.hasPrefix("W/") ? header.dropFirst(2) : header[...]).replacing("\"", with: "")
        // The tag becomes the name of a file.
        guard (1...128).contains(tag.utf8.count), !tag.hasPrefix("."),
            tag.utf8.allSatisfy({ $0.isLetterOrDigit || "-_.+=".utf8.contains($0) }), !tag.hasSuffix(".incomplete")
        else { throw HubError(.badData, subject, "expected the header ETag, found \(header.quoted())") }
        return String(tag)
    }

    private func size(_ answer: Answer, _ subject: String) throws -> Int? {
        let isSuccess = (200...299).contains(answer.status)
        let own = isSuccess ? answer.responses.last?.value(forHTTPHeaderField: "Content-Length") : nil
        guard let text = answer.header("X-Linked-Size") ?? own else { return nil }
        guard let size = Int(text), size >= 0 else {
            throw HubError(.badData, subject, "expected a size, found \(text.quoted())")
        }
        return size
    }

    /// The address of a path below the hub's.
    private func url(_ path: String) throws -> URL {
        guard let url = URL(string: "\(environment.endpoint.absoluteString)/\(path)") else {
            throw HubError(.invalidName, repository.description, "expected a name that an address can hold")
        }
        return url
    }
}

/// Whether a name from the hub is a relative path below the repository.
func isFileName(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return name.utf8.count <= 1024 && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 }
}

/// A body that is kept in memory, up to a limit.
private final class SmallBody: Sendable {
    private let content = Mutex<[UInt8]>([])
    private let limit: Int
    private let subject: String

    init(limit: Int, _ subject: String) {
        self.limit = limit
        self.subject = subject
    }

    var bytes: [UInt8] { content.withLock { $0 } }

    func clear() { content.withLock { $0 = [] } }

    func append(_ data: Data) throws {
        try content.withLock { content in
            guard content.count + data.count <= limit else {
                throw HubError(.badData, subject, "expected an answer of at most \(limit) bytes, found more")
            }
            content.append(contentsOf: data)
        }
    }
}

extension String {
    /// The text as a part of an address's path.
    fileprivate func percentEncoded(except kept: String) -> String {
        utf8.map { byte in
            byte.isLetterOrDigit || "-._~".utf8.contains(byte) || kept.utf8.contains(byte)
                ? String(UnicodeScalar(byte)) : String(format: "%%%02X", byte)
        }.joined()
    }
}
