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
            let keys = path.split(separator: ".").map(String.init)
            guard (1...Self.deepestKey).contains(keys.count) else {
                throw TrainingError(
                    "\(path.quoted()): expected a key of 1 to \(Self.deepestKey) parts, found \(keys.count)")
            }
            given = given.setting(keys[...], to: try Self.parse(value, path))
        }
        var defaults = TrainingConfiguration()
        // What is left out as a whole has defaults of its own once something of it is given.
        if given["validation"]?.members != nil { defaults.validation = ValidationConfiguration() }
        let merged = try defaults.asJSON().overlaid(with: given)
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(merged.compactText.utf8))
        } catch let error as DecodingError {
            throw TrainingError("\(origin): \(error.isWithoutPlace ? Self.misfit(in: merged) : error.inOneLine)")
        }
        if let unknown = given.firstKey(missingIn: try asJSON()) {
            throw TrainingError("\(origin): the key \(unknown) means nothing here")
        }
    }

    /// The configuration with every value, as JSON text of several lines: also valid YAML.
    public var jsonText: String {
        get throws {
            let json = try asJSON()
            // A key that is left out has its default; no augmentation has to be said.
            return augmentation == nil
                ? json.setting(["augmentation"], to: .null).indentedText : json.indentedText
        }
    }

    /// Names the number that does not fit its key, such as a fraction of steps: Foundation's error tells no place for it.
    /// Numbers behind it are replaced by ones, which fit everywhere.
    private static func misfit(in value: JSON) -> String {
        let numbers = value.numbers(at: "")
        for (index, number) in numbers.enumerated() {
            var kept = index + 1
            let text = value.keepingNumbers(&kept).compactText
            do {
                _ = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
            } catch let error as DecodingError where error.isWithoutPlace {
                return "\(number.path): expected a number that fits this key, found \(number.text)"
            } catch {}
        }
        return "expected numbers that fit their keys"
    }

    /// The configuration as a JSON value, without the keys that have none.
    func asJSON() throws -> JSON {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try Self.parse(String(decoding: encoder.encode(self), as: UTF8.self), "")
    }

    /// No key has more parts.
    private static let deepestKey = 16

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

    fileprivate func setting(_ path: ArraySlice<String>, to value: JSON) -> JSON {
        guard let name = path.first else { return value }
        let inner = (self[name] ?? .object([])).setting(path.dropFirst(), to: value)
        return .object((members ?? []).filter { $0.name != name } + [Member(name, inner)])
    }

    /// The numbers with their paths, in the order of the text.
    fileprivate func numbers(at path: String) -> [(path: String, text: String)] {
        switch self {
        case .integer, .unsigned, .number: [(path, compactText)]
        case .array(let elements): elements.enumerated().flatMap { $1.numbers(at: "\(path)[\($0)]") }
        case .object(let members):
            members.flatMap { $0.value.numbers(at: path.isEmpty ? $0.name : "\(path).\($0.name)") }
        default: []
        }
    }

    /// The value with ones in place of all numbers but the first `count`.
    fileprivate func keepingNumbers(_ count: inout Int) -> JSON {
        switch self {
        case .integer, .unsigned, .number:
            count -= 1
            return count >= 0 ? self : 1
        case .array(let elements): return .array(elements.map { $0.keepingNumbers(&count) })
        case .object(let members): return .object(members.map { Member($0.name, $0.value.keepingNumbers(&count)) })
        default: return self
        }
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
    /// Whether nothing tells which value is meant.
    fileprivate var isWithoutPlace: Bool {
        if case .dataCorrupted(let context) = self { context.codingPath.isEmpty } else { false }
    }

    /// The place and the reason in one line.
    var inOneLine: String {
        func place(_ context: Context) -> String {
            let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
            return keys.isEmpty ? "" : keys.joined(separator: ".") + ": "
        }
        switch self {
        case .keyNotFound(let key, let context):
            return "expected the key \((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))"
        case .typeMismatch(let type, let context):
            let isObject = type == [String: Any].self
            return "\(place(context))expected \(isObject ? "keys and values" : "\(type)")"
        case .valueNotFound(let type, let context): return "\(place(context))expected \(type), found nothing"
        case .dataCorrupted(let context): return "\(place(context))\(context.debugDescription)"
        @unknown default: return "\(self)"
        }
    }
}
