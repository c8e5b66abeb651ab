/// What keeps the emoji pictures or names from being read: one line that names the file and the reason.
public struct EmojiError: Error, CustomStringConvertible, Equatable {
    /// The line to show.
    public let description: String

    /// An error about the file at `path`.
    init(_ path: String, _ reason: String) {
        description = "\(path): \(reason)"
    }
}
