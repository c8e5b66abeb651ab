import Testing

/// Bytes that must be refused, and a part of what is said of them.
struct HostileCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let reason: String

    init(_ name: String, _ bytes: [UInt8], _ reason: String) {
        (testDescription, self.bytes, self.reason) = (name, bytes, reason)
    }

    /// Expects that a file is refused for the reason, in one line.
    func check(_ file: [UInt8]) {
        let line = TorchFixture.refusal(file)
        #expect(line.contains(reason) && !line.contains("\n"), "\(line)")
    }
}
