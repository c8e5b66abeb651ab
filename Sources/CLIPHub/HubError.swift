internal import CLIPFiles

/// Why a model could not be had from the hub, in one line that names the repository or the setting.
public struct HubError: Error, CustomStringConvertible, Hashable, Sendable {
    /// What went wrong, so that a program can choose its answer (the tool chooses its exit status by it).
    public struct Code: Hashable, Sendable {
        private let name: String

        /// A name or a setting is not one.
        public static let invalidName = Code(name: "invalidName")
        /// The hub has no such repository, revision or file.
        public static let notFound = Code(name: "notFound")
        /// The repository is private or gated, and the token does not open it.
        public static let accessDenied = Code(name: "accessDenied")
        /// The hub cannot be reached or does not answer, or it may not be asked and the cache lacks the model.
        public static let unavailable = Code(name: "unavailable")
        /// What the hub sent is not what it should be.
        public static let badData = Code(name: "badData")
    }

    public var code: Code
    /// The repository, the file in it, or the setting.
    public var subject: String
    /// What was expected and what was found.
    public var reason: String

    /// An error about a repository or a setting, with a reason of one line.
    public init(_ code: Code, _ subject: String, _ reason: String) {
        self.code = code
        self.subject = subject
        self.reason = reason
    }

    /// "subject: reason", on one line whatever they hold.
    public var description: String { "\(subject): \(reason)".onOneLine }
}
