internal import CLIPFiles
internal import Foundation
internal import Synchronization

#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif

/// One file's way into the cache: in ranges, appended to what an earlier attempt left, checked, and given its name.
struct BlobDownload: Sendable {
    let file: HubFile
    let cache: HubCache
    let connection: HubConnection
    let rangeSize: Int

    private var subject: String { "\(cache.repository): \(file.name)" }

    /// Downloads the blob unless it is there. One process does it at a time, others wait.
    ///
    /// - Parameter progress: Told how many bytes are there.
    func run(_ progress: @escaping @Sendable (Int) -> Void) async throws {
        if cache.hasBlob(file.tag) { return progress(file.size ?? 0) }
        try await FileLock.holding(cache.lock(file.tag)) {
            if cache.hasBlob(file.tag) { return progress(file.size ?? 0) }
            do {
                try await attempt(progress)
            } catch is Corruption {
                // What an earlier process left may have been at fault, or something on the way.
                do { try await attempt(progress) } catch let corruption as Corruption {
                    throw HubError(.badData, subject, "\(corruption.reason), twice")
                }
            }
        }
    }

    /// What came is not the file.
    private struct Corruption: Error {
        /// What was expected and what was found.
        let reason: String
    }

    private func attempt(_ progress: @escaping @Sendable (Int) -> Void) async throws {
        let partial = try PartialFile(path: cache.incomplete(file.tag))
        do {
            try await fill(partial, progress)
            if let digest = BlobDigest(tag: file.tag), try !digest.matches(file: partial.path) {
                throw Corruption(reason: "expected \(digest.description), found another")
            }
        } catch let corruption as Corruption {
            partial.remove()
            throw corruption
        }
        try partial.commit(as: cache.blob(file.tag))
    }

    /// Appends to the file until it is whole.
    private func fill(_ partial: PartialFile, _ progress: @escaping @Sendable (Int) -> Void) async throws {
        // Without a size, nothing tells whether what is there is a beginning.
        if partial.count > file.size ?? 0 { try partial.clear() }
        progress(partial.count)
        let location = Mutex(file.location)
        var isWhole = file.size == partial.count
        while !isWhole {
            isWhole = try await connection.downloads.run(progress: partial.count) {
                do {
                    return try await part(of: partial, from: location.withLock { $0 }, progress)
                } catch {
                    // The hub knows where the file is now.
                    location.withLock { $0 = file.url }
                    throw error
                }
            }
        }
    }

    /// Downloads the next range and says whether the file is whole.
    private func part(
        of partial: PartialFile, from url: URL, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> Bool {
        let start = partial.count
        let range = file.size.flatMap { rangeHeader(from: start, size: $0) }
        let question = HubConnection.Question(
            url: url, subject: subject, range: range, timeout: connection.environment.downloadTimeout)
        let receiver = HTTPReceiver(
            head: { try begin($0, partial) },
            body: { data in
                if let size = file.size, data.count > size - partial.count {
                    throw Corruption(reason: "expected \(size) bytes, found more")
                }
                try partial.append(data)
                progress(partial.count)
            })
        let answer = try await connection.ask(question, receiver)
        guard let size = file.size else { return true }
        if partial.count == size { return true }
        guard answer.status == 206, partial.count > start else {
            throw Corruption(reason: "expected \(size) bytes, found \(partial.count)")
        }
        return false
    }

    /// The header that asks for what is missing; nil where one request without it brings all.
    private func rangeHeader(from start: Int, size: Int) -> String? {
        let end = min(size - start, rangeSize) + start
        return start == 0 && end == size ? nil : "bytes=\(start)-\(end - 1)"
    }

    /// Makes the file ready for an answer's body: a server may send the range, or all from the start.
    private func begin(_ response: HTTPURLResponse, _ partial: PartialFile) throws {
        guard response.statusCode == 206 else { return try partial.clear() }
        let found = response.value(forHTTPHeaderField: "Content-Range") ?? ""
        let total = file.size.map(String.init) ?? "*"
        guard found.hasPrefix("bytes \(partial.count)-"), found.hasSuffix("/\(total)") || found.hasSuffix("/*") else {
            throw Corruption(reason: "expected bytes from \(partial.count) of \(total), found \(found.quoted())")
        }
    }
}
