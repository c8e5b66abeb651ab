public import Foundation

/// Where the model of a name lies: on the disk as it is, or in the hub's cache.
public struct ModelLocation: Hashable, Sendable {
    /// The path of the model's folder, or of a file in it.
    public let path: String
    /// Why the model may not be the newest: the hub could not be asked.
    public let warning: String?

    /// Finds a model: a path that is there is taken as it is, and else `ORG/NAME` is pulled from the hub. Another name is
    /// taken for a path, for the reader of the model to refuse.
    ///
    /// - Parameters:
    ///   - variables: The environment variables, as ``HubEnvironment`` reads them.
    ///   - onProgress: Told of what comes, as in ``HubClient/snapshot(of:onProgress:)``.
    public init(
        of name: String, variables: [String: String] = ProcessInfo.processInfo.environment,
        onProgress: @escaping @Sendable (HubProgress) -> Void = { _ in }
    ) async throws {
        guard !FileManager.default.fileExists(atPath: name), let repository = try? HubRepository(name),
            repository.hasOwner
        else {
            (path, warning) = (name, nil)
            return
        }
        let client = try HubClient(environment: HubEnvironment(variables))
        do {
            let snapshot = try await client.snapshot(of: repository, onProgress: onProgress)
            (path, warning) = (snapshot.folder, snapshot.warning)
        } catch let error as HubError where [.notFound, .accessDenied, .unavailable].contains(error.code) {
            // The name may have been meant as a path.
            throw HubError(error.code, error.subject, "no such file or folder here; on the hub: \(error.reason)")
        }
    }
}
