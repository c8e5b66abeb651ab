/// Something of a data set that could not be used, and why.
public struct BadSample: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What it is called: a file, or a line of a file.
    public let name: String
    /// Why it was passed over, in one line.
    public let reason: String

    /// The name and the reason, in one line. The name is not said twice where the reason begins with it.
    public var description: String { reason.hasPrefix(name) ? reason : "\(name): \(reason)" }

    init(name: String, reason: String) {
        self.name = DatasetError.oneLine(name)
        self.reason = DatasetError.oneLine(reason)
    }
}

/// How much of a data set was passed over, and the first few by name.
public struct BadSamples: Sendable, Hashable, Codable {
    /// How many there were.
    public private(set) var count = 0
    /// The first of them.
    public private(set) var first: [BadSample] = []

    /// How many are kept by name.
    public static let named = 10

    /// None yet.
    package init() {}

    /// So many, the first of them by name.
    package init(count: Int, first: [BadSample]) { (self.count, self.first) = (count, Array(first.prefix(Self.named))) }

    mutating func add(_ sample: @autoclosure () -> BadSample) {
        count += 1
        if first.count < Self.named { first.append(sample()) }
    }

    package mutating func add(_ others: BadSamples) {
        count += others.count
        first += others.first.prefix(Self.named - first.count)
    }
}
