internal import CLIPFiles
internal import Foundation

extension TrainingConfiguration {
    /// Reads a configuration from JSON text; what it leaves out has its default.
    ///
    /// - Parameters:
    ///   - origin: The file that errors name.
    ///   - overrides: Values by their paths, such as `optimiser.kind`: `"muon"` in JSON text.
    /// - Throws: ``TrainingError`` naming a key that means nothing, or what was expected in its place.
    public init(json text: String, origin: String, overrides: [(path: String, json: String)] = []) throws {
        var given = try Self.parse(text, origin)
        guard given.members != nil else {
            throw TrainingError("\(origin): expected keys and values, found \(given.kind)")
        }
        for (path, value) in overrides {
            given = given.setting(path.split(separator: ".").map(String.init), to: try Self.parse(value, path))
        }
        let defaults = try Self.parse(
            String(decoding: JSONEncoder().encode(TrainingConfiguration()), as: UTF8.self), "")
        do {
            let merged = defaults.overlaid(with: given)
            self = try JSONDecoder().decode(Self.self, from: Data(merged.compactText.utf8))
        } catch let error as DecodingError {
            throw TrainingError("\(origin): \(error.inOneLine)")
        }
        let known = try Self.parse(String(decoding: JSONEncoder().encode(self), as: UTF8.self), "")
        if let unknown = given.firstKey(missingIn: known) {
            throw TrainingError("\(origin): the key \(unknown) means nothing here")
        }
    }

    /// The configuration with every value, as JSON text of several lines: also valid YAML.
    public var jsonText: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    private static func parse(_ text: String, _ origin: String) throws -> JSON {
        do {
            return try Array(text.utf8).withUnsafeBytes { bytes in try JSON(parsing: bytes) }
        } catch {
            throw TrainingError("\(origin): \(error)")
        }
    }
}

extension JSON {
    /// The members of `other` in the place of those of the same name; objects are merged, all else is replaced.
    fileprivate func overlaid(with other: JSON) -> JSON {
        guard let mine = members, let theirs = other.members else { return other }
        var result = mine
        for member in theirs {
            if let index = result.firstIndex(where: { $0.name == member.name }) {
                result[index].value = result[index].value.overlaid(with: member.value)
            } else {
                result.append(member)
            }
        }
        return .object(result)
    }

    fileprivate func setting(_ path: [String], to value: JSON) -> JSON {
        guard let name = path.first else { return value }
        let inner = (self[name] ?? .object([])).setting(Array(path.dropFirst()), to: value)
        return .object((members ?? []).filter { $0.name != name } + [Member(name, inner)])
    }

    /// The path of the first member that `known` lacks; members that are null ask for nothing.
    fileprivate func firstKey(missingIn known: JSON) -> String? {
        if let mine = array, let theirs = known.array {
            return zip(mine, theirs).lazy.compactMap { $0.firstKey(missingIn: $1) }.first
        }
        for member in members ?? [] where member.value != .null {
            guard let counterpart = known[member.name] else { return member.name }
            if let missing = member.value.firstKey(missingIn: counterpart) { return "\(member.name).\(missing)" }
        }
        return nil
    }
}

extension DecodingError {
    /// The place and the reason in one line.
    fileprivate var inOneLine: String {
        func place(_ context: Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch self {
        case .keyNotFound(let key, let context):
            return "expected the key \((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))"
        case .typeMismatch(let type, let context): return "\(place(context)): expected \(type)"
        case .valueNotFound(let type, let context): return "\(place(context)): expected \(type), found nothing"
        case .dataCorrupted(let context): return "\(place(context)): \(context.debugDescription)"
        @unknown default: return "\(self)"
        }
    }
}
