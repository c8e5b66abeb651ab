/// A repository's files at one commit, in the cache.
public struct HubSnapshot: Hashable, Sendable {
    /// What was asked for.
    public let repository: HubRepository
    /// The commit, which never changes.
    public let commit: String
    /// The folder of the files. It must not be written into.
    public let folder: String
    /// The names of the model's files in the folder.
    public let files: [String]
    /// Why the snapshot may not be the newest: the hub could not be asked. Nil where it was.
    public package(set) var warning: String?
}

/// How far a pull has come.
public struct HubProgress: Hashable, Sendable {
    /// The bytes that have come, those that were there before from an earlier attempt included.
    public var bytes = 0
    /// The bytes that must be there in the end. A file whose size the hub does not tell counts as it comes.
    public var totalBytes = 0
    /// The files that are whole.
    public var files = 0
    /// The files that are missing at the start.
    public var totalFiles = 0

    /// Nothing has come.
    public init() {}
}
