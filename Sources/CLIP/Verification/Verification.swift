/// What was found when a model was held against what is known of it.
public struct Verification: Sendable, Hashable {
    /// One comparison.
    public struct Check: Codable, Sendable, Hashable {
        /// What came of a comparison.
        public enum Result: String, Codable, Sendable, Hashable {
            case passed
            case failed
            /// There was nothing to compare with.
            case skipped
        }

        /// What was compared, in words.
        public var subject: String
        /// What it must be.
        public var expected: String
        /// What it is; of what was not compared, what that would take.
        public var found: String
        public var result: Result
    }

    /// All comparisons, in their order.
    public let checks: [Check]

    /// Whether none failed.
    public var isPassed: Bool { checks.allSatisfy { $0.result != .failed } }
}
