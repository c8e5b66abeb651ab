internal import CLIPFiles
internal import Foundation

/// A repository's place in the cache that all programs of the hub share.
///
/// ```
/// models--ORG--NAME/blobs/TAG                    a file's bytes, by the tag that the hub gives it
///                   blobs/TAG.incomplete         the part of it that is there
///                   refs/REVISION                the commit that a branch or a tag was last seen at
///                   snapshots/COMMIT/FILE        a link to the blob
///                   .no_exist/COMMIT/FILE        the commit has no such file
/// .locks/models--ORG--NAME/TAG.lock              held while the blob is made
/// ```
struct HubCache: Sendable {
    let repository: HubRepository
    private let folder: String
    private let locks: String

    init(_ repository: HubRepository, in cache: String) {
        self.repository = repository
        let name = "models--" + repository.name.split(separator: "/").joined(separator: "--")
        folder = "\(cache)/\(name)"
        locks = "\(cache)/.locks/\(name)"
    }

    func snapshot(_ commit: String) -> String { "\(folder)/snapshots/\(commit)" }
    func file(_ name: String, of commit: String) -> String { "\(snapshot(commit))/\(name)" }
    func blob(_ tag: String) -> String { "\(folder)/blobs/\(tag)" }
    func incomplete(_ tag: String) -> String { "\(blob(tag)).incomplete" }
    func lock(_ tag: String) -> String { "\(locks)/\(tag).lock" }
    private func marker(_ name: String, _ commit: String) -> String { "\(folder)/.no_exist/\(commit)/\(name)" }
    private var reference: String { "\(folder)/refs/\(repository.revision)" }
}

/// What is there.
extension HubCache {
    /// The commit that the revision is or was last seen at.
    var knownCommit: String? {
        if repository.revision.isCommit { return repository.revision }
        guard let bytes = try? contents(ofFile: reference, limit: 1 << 10) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isCommit ? text : nil
    }

    /// Whether the bytes of a commit's file are there, behind the link.
    func has(_ name: String, of commit: String) -> Bool { isFile(file(name, of: commit)) }

    func hasBlob(_ tag: String) -> Bool { isFile(blob(tag)) }

    /// The names of a commit's files that are there.
    func names(of commit: String) -> Set<String> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: snapshot(commit))) ?? []
        return Set(names.filter { has($0, of: commit) })
    }

    /// Whether it is known of every small file that it is there, or that the commit has none. The weights are another
    /// matter.
    func isSettled(_ commit: String) -> Bool {
        ModelFiles.small.allSatisfy { has($0, of: commit) || isFile(marker($0, commit)) }
    }

    private func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}

/// What is put there.
extension HubCache {
    /// Makes the folders that a blob and its lock lie in.
    func makeFolders() throws {
        try makeFolder("\(folder)/blobs")
        try makeFolder(locks)
    }

    /// Links a commit's file to its blob. The link may be there already, from another process or to a blob that is gone.
    func link(_ name: String, of commit: String, to tag: String) throws {
        let path = file(name, of: commit)
        try makeFolder(snapshot(commit))
        while !has(name, of: commit) {
            if symlink("../../blobs/\(tag)", path) == 0 { return }
            guard errno == EEXIST else { throw FileError.system(path, writing: true) }
            guard unlink(path) == 0 || errno == ENOENT else { throw FileError.system(path, writing: true) }
        }
    }

    /// Remembers the commit that the revision is at.
    func remember(_ commit: String) throws {
        guard !repository.revision.isCommit, knownCommit != commit else { return }
        try makeFolder(parentFolder(of: reference))
        // Several processes may write it at once, each beside the place under a name of its own.
        let temporary = "\(reference).\(UUID().uuidString.prefix(8)).tmp"
        do {
            try Data(commit.utf8).write(to: URL(filePath: temporary))
            guard rename(temporary, reference) == 0 else { throw FileError.system(reference, writing: true) }
        } catch {
            unlink(temporary)
            throw error as? FileError ?? FileError(.unwritable, path: reference, "cannot be written")
        }
    }

    /// Remembers which small files the commit lacks. That is a convenience for who works offline: a failure is none.
    func markMissing(_ names: some Sequence<String>, of commit: String) {
        for name in names where !isFile(marker(name, commit)) {
            guard (try? makeFolder(parentFolder(of: marker(name, commit)))) != nil else { return }
            let descriptor = open(marker(name, commit), O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
            if descriptor >= 0 { close(descriptor) }
        }
    }
}
