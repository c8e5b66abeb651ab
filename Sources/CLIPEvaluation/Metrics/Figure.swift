/// A measured figure with the interval in which it would lie if it were measured on other samples like these.
public struct Figure: Codable, Sendable, Hashable {
    /// The name, CLIP_benchmark's where it has one, such as `acc1`.
    public var name: String
    /// The value.
    public var value: Double
    /// The 95 % interval; nil where none was computed.
    public var low: Double?
    public var high: Double?

    init(_ name: String, _ value: Double, _ interval: ClosedRange<Double>? = nil) {
        (self.name, self.value) = (name, value)
        (low, high) = (interval?.lowerBound, interval?.upperBound)
    }

    /// Whether the figure is a share from 0 to 1, which is read in percent.
    public var isShare: Bool { name != "median_rank" && !name.hasSuffix("median_rank") }
}

extension [Figure] {
    /// The figure of a name.
    public subscript(name: String) -> Figure? { first { $0.name == name } }
}
