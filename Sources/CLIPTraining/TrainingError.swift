/// Why a run cannot start or go on, in one line.
public struct TrainingError: Error, CustomStringConvertible, Sendable {
    public var description: String

    /// An error with a text of one line.
    public init(_ description: String) {
        self.description = description
    }
}
