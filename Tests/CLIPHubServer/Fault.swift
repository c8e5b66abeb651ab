/// What goes wrong with an answer of the stand-in for the hub.
public enum Fault: Sendable {
    /// Another status, with headers and no body.
    case status(Int, [String: String] = [:])
    /// The connection ends after so many bytes of the body.
    case cut(after: Int)
    /// Bytes of the body are changed.
    case corrupt
    /// The body has another size, and the header says so.
    case resized(Int)
    /// Headers are left out.
    case without([String])
    /// Headers are set.
    case with([String: String])
    /// The body comes in chunks, without a size.
    case chunked
    /// The body comes in so many parts with waits of so many milliseconds between them.
    case slow(parts: Int, milliseconds: UInt32)
    /// Half of the body comes, and then nothing until the server stops.
    case stalled
    /// A `Range` is not heeded.
    case withoutRanges
    /// The body is another.
    case body([UInt8])
}
