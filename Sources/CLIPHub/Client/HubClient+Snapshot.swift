internal import CLIPFiles
internal import Foundation
internal import Synchronization

extension HubClient {
    /// Brings the files of a model into the cache and tells where they are. What is there is not downloaded again.
    ///
    /// Where the hub cannot be asked and the cache has the model as the revision was last seen, that is taken, with a
    /// warning. The task may be cancelled; what has come by then stays for the next time.
    ///
    /// - Parameter onProgress: Told of what comes, often and on any thread; not called where nothing is downloaded.
    /// - Throws: ``HubError``, or `FileError` where the cache cannot be written.
    public func snapshot(
        of repository: HubRepository, onProgress: @escaping @Sendable (HubProgress) -> Void = { _ in }
    ) async throws -> HubSnapshot {
        let cache = HubCache(repository, in: environment.cache)
        let known = knownSnapshot(cache)
        if environment.isOffline {
            guard let known else { throw offline(repository) }
            return known
        }
        // Nothing can have changed about a commit.
        if let known, repository.revision.isCommit, cache.isSettled(known.commit) { return known }
        do {
            return try await pull(cache, isKnown: known != nil, onProgress)
        } catch let error as HubError where error.code == .unavailable {
            guard var known else { throw error }
            known.warning = "\(error); taking the cached commit \(known.commit)"
            return known
        }
    }

    /// The snapshot that the cache has of the revision, where it has all that a model needs.
    private func knownSnapshot(_ cache: HubCache) -> HubSnapshot? {
        guard let commit = cache.knownCommit else { return nil }
        let names = cache.names(of: commit)
        guard let files = ModelFiles.chosen(from: names, present: names), ModelFiles.isModel(files) else { return nil }
        return snapshot(cache, commit, files)
    }

    private func snapshot(_ cache: HubCache, _ commit: String, _ files: [String]) -> HubSnapshot {
        HubSnapshot(repository: cache.repository, commit: commit, folder: cache.snapshot(commit), files: files)
    }

    private func offline(_ repository: HubRepository) -> HubError {
        HubError(
            .unavailable, repository.description,
            "expected the model in the cache \(environment.cache), as HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is set, "
                + "found none or only a part")
    }

    private func pull(
        _ cache: HubCache, isKnown: Bool, _ onProgress: @escaping @Sendable (HubProgress) -> Void
    ) async throws -> HubSnapshot {
        let connection = HubConnection(cache.repository, environment, questions: questions(isKnown: isKnown), retry)
        defer { connection.close() }
        let listing = try await connection.listing()
        let files = try chosen(listing, cache)
        let missing = files.filter { !cache.has($0, of: listing.commit) }
        if !missing.isEmpty { try await fetch(missing, of: listing.commit, cache, connection, onProgress) }
        try remember(listing, cache, isChanged: !missing.isEmpty)
        return snapshot(cache, listing.commit, files)
    }

    /// Who has another answer waits less for the first.
    private func questions(isKnown: Bool) -> RetryPolicy {
        var policy = retry
        policy.attempts = isKnown ? 1 : min(retry.attempts, 4)
        return policy
    }

    private func chosen(_ listing: HubListing, _ cache: HubCache) throws -> [String] {
        let present = cache.names(of: listing.commit)
        if let files = ModelFiles.chosen(from: listing.names, present: present) { return files }
        throw HubError(
            .badData, cache.repository.description,
            "expected a model's weights such as model.safetensors, found none among its \(listing.names.count) files")
    }

    private func fetch(
        _ names: [String], of commit: String, _ cache: HubCache, _ connection: HubConnection,
        _ onProgress: @escaping @Sendable (HubProgress) -> Void
    ) async throws {
        try cache.makeFolders()
        let files = try await concurrently(names, atOnce: filesAtOnce) { try await connection.file($0, of: commit) }
        let counter = ProgressCounter(files, onProgress)
        let rangeSize = rangeSize
        _ = try await concurrently(files, atOnce: filesAtOnce) { file in
            try await BlobDownload(file: file, cache: cache, connection: connection, rangeSize: rangeSize)
                .run { counter.set($0, of: file.name) }
            try cache.link(file.name, of: commit, to: file.tag)
            counter.finish()
        }
    }

    /// Notes what was learned. A cache that has all and may only be read is as good.
    private func remember(_ listing: HubListing, _ cache: HubCache, isChanged: Bool) throws {
        do { try cache.remember(listing.commit) } catch { if isChanged { throw error } }
        cache.markMissing(Set(ModelFiles.small).subtracting(listing.names).sorted(), of: listing.commit)
    }
}

/// Adds up the progress of several files.
private final class ProgressCounter: Sendable {
    private struct State {
        var bytes: [String: Int] = [:]
        var progress = HubProgress()
    }

    private let state: Mutex<State>
    private let onProgress: @Sendable (HubProgress) -> Void

    init(_ files: [HubFile], _ onProgress: @escaping @Sendable (HubProgress) -> Void) {
        // Sizes come from outside.
        let total = files.reduce(0) { $0.addingReportingOverflow($1.size ?? 0).partialValue }
        var progress = HubProgress()
        (progress.totalBytes, progress.totalFiles) = (max(total, 0), files.count)
        state = Mutex(State(progress: progress))
        self.onProgress = onProgress
    }

    func set(_ count: Int, of file: String) {
        state.withLock { state in
            state.progress.bytes += count - (state.bytes.updateValue(count, forKey: file) ?? 0)
            onProgress(state.progress)
        }
    }

    func finish() {
        state.withLock { state in
            state.progress.files += 1
            onProgress(state.progress)
        }
    }
}

/// The results of `body` for each element, in their order, with a bounded number of calls at once.
private func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], atOnce: Int, _ body: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results = [Result?](repeating: nil, count: elements.count)
        for (index, element) in elements.enumerated() {
            if index >= atOnce, let (done, result) = try await group.next() { results[done] = result }
            group.addTask { (index, try await body(element)) }
        }
        for try await (done, result) in group { results[done] = result }
        return results.compactMap(\.self)
    }
}
