internal import CCLIPTorch

/// What the engine refused, in one line: the operator, and libtorch's reason.
public struct TensorError: Error, CustomStringConvertible, Sendable {
    public var description: String

    /// An error with a text of one line.
    public init(_ description: String) {
        self.description = description
    }

    /// Takes over a message that the C side allocated.
    init(taking message: UnsafeMutablePointer<CChar>?, during operation: String) {
        var reason = "an unknown error"
        if let message {
            reason = String(cString: message)
            clip_string_free(message)
        }
        // libtorch explains itself over several lines; the first says what is wrong.
        let line = reason.split(whereSeparator: \.isNewline).first.map(String.init) ?? reason
        self.description = "\(operation): \(line)"
    }
}

/// Calls a C function that reports failure through its last argument.
func checked<Result>(
    _ operation: @autoclosure () -> String,
    _ body: (inout UnsafeMutablePointer<CChar>?) -> Result
) throws -> Result {
    var message: UnsafeMutablePointer<CChar>?
    let result = body(&message)
    if message != nil { throw TensorError(taking: message, during: operation()) }
    return result
}
