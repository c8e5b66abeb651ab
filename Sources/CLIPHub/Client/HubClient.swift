/// A client of the Hugging Face hub that keeps models in the cache that all programs of the hub share.
///
/// ```swift
/// let client = try HubClient(environment: HubEnvironment())
/// let snapshot = try await client.snapshot(of: HubRepository("openai/clip-vit-base-patch32"))
/// print(snapshot.folder)
/// ```
public struct HubClient: Sendable {
    /// The settings.
    public let environment: HubEnvironment
    /// When what failed is tried again.
    package var retry = RetryPolicy()
    /// The most bytes that one request asks for, which bounds what waits in memory for a slow disk.
    package var rangeSize = 32 << 20
    /// How many files are asked about or downloaded at once.
    package var filesAtOnce = 4

    /// A client with the settings.
    public init(environment: HubEnvironment) {
        self.environment = environment
    }
}
