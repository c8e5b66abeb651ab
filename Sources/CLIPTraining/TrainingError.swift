/// Why a run cannot start or go on, in one line.
public struct TrainingError: Error, CustomStringConvertible, Sendable {
    /// The key of the configuration whose value is wrong, such as `optimiser.beta1`; nil where it is about something else.
    public let key: String?
    /// What was expected and what was found.
    public let reason: String
    /// Where the value stands: the file with its line, or the command line; nil where nothing tells.
    private(set) var place: String?

    /// All of it, in a text of one line.
    public var description: String { [place, key, reason].compactMap(\.self).joined(separator: ": ") }

    /// An error that is about no value of the configuration.
    public init(_ reason: String) { (key, self.reason) = (nil, reason) }

    /// An error about the value of a key.
    public init(_ key: String, _ reason: String) { (self.key, self.reason) = (key, reason) }

    /// An error about what stands at a place.
    init(at place: String, key: String? = nil, _ reason: String) {
        (self.place, self.key, self.reason) = (place, key, reason)
    }

    /// The same with the place of the key's value; as it is where it has a place or no key.
    package func placed(by places: ValuePlaces) -> TrainingError {
        guard place == nil, let key else { return self }
        return TrainingError(at: places[key], key: key, reason)
    }
}
