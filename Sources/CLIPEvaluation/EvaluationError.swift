/// What is wrong with what an evaluation was given, in one line.
public struct EvaluationError: Error, CustomStringConvertible, Sendable, Hashable {
    public let description: String

    /// An error with a text of one line.
    public init(_ description: String) { self.description = description }
}
