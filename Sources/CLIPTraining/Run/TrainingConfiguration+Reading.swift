internal import CLIPFiles
internal import Foundation

extension TrainingConfiguration {
    /// Reads a configuration from JSON text; what it leaves out has its default.
    ///
    /// - Parameters:
    ///   - origin: The file that errors name.
    ///   - lines: The lines of the file in which keys and elements stand, by their paths: `data.mixture[0].weight`.
    ///   - overrides: Values by their paths, such as `optimiser.kind`: `"muon"` in JSON text.
    /// - Throws: ``TrainingError`` naming a key that means nothing with those that do, or a value and what was expected in
    ///   its place, and the line of either.
    public init(
        json text: String, origin: String, lines: [String: Int] = [:], overrides: [(path: String, json: String)] = []
    ) throws {
        try self.init(
            json: text, places: ValuePlaces(origin: origin, lines: lines, overrides: overrides.map(\.path)),
            overrides: overrides)
    }

    /// The same with the places of the values: what is found to be wrong later is placed by them too.
    package init(json text: String, places: ValuePlaces, overrides: [(path: String, json: String)]) throws {
        var given = try Self.parse(text, places.origin)
        guard given.members != nil else {
            throw TrainingError(at: places.origin, "expected keys and values, found \(given.kind)")
        }
        for (path, value) in overrides {
            let keys = path.split(separator: ".").map(String.init)
            guard (1...Self.deepestKey).contains(keys.count) else {
                throw TrainingError(
                    at: "--set",
                    "expected a key of 1 to \(Self.deepestKey) parts, found \(keys.count) in \(path.quoted())")
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
            if error.isWithoutPlace { throw Self.misfit(in: merged, places) }
            throw TrainingError(at: places[error.path], "\(error.inOneLine)\(error.found(in: merged))")
        }
        let known = try asJSON()
        if let unknown = given.firstKey(missingIn: known, at: "") {
            let names = try Set([known, Self.complete.asJSON()].flatMap { $0.names(at: unknown.parent) })
            let list = names.isEmpty ? "" : "; known: \(names.sorted().joined(separator: ", "))"
            throw TrainingError(at: places[unknown.path], key: unknown.path, "unknown key\(list)")
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
    private static func misfit(in value: JSON, _ places: ValuePlaces) -> TrainingError {
        let numbers = value.numbers(at: "")
        for (index, number) in numbers.enumerated() {
            var kept = index + 1
            let text = value.keepingNumbers(&kept).compactText
            do {
                _ = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
            } catch let error as DecodingError where error.isWithoutPlace {
                return TrainingError(
                    at: places[number.path], key: number.path,
                    "expected a number that fits this key, found \(number.text)")
            } catch {}
        }
        return TrainingError(at: places.origin, "expected numbers that fit their keys")
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
            throw TrainingError(at: origin, "\(error)")
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

    /// The path of the first member that `known` lacks, and of what it is a member of; members that are null ask for nothing.
    fileprivate func firstKey(missingIn known: JSON, at path: String) -> (path: String, parent: String)? {
        if let mine = array, let theirs = known.array {
            return zip(mine, theirs).enumerated().lazy
                .compactMap { $1.0.firstKey(missingIn: $1.1, at: "\(path)[\($0)]") }.first
        }
        for member in members ?? [] where member.value != .null {
            let place = path.isEmpty ? member.name : "\(path).\(member.name)"
            guard let counterpart = known[member.name] else { return (place, path) }
            if let missing = member.value.firstKey(missingIn: counterpart, at: place) { return missing }
        }
        return nil
    }

    /// The names of the members of the value at a path, where any element of a list stands for all.
    fileprivate func names(at path: String) -> [String] {
        let value = path.split(whereSeparator: ".[".contains).reduce(self as JSON?) { value, part in
            part.last == "]" ? value?.array?.first : value?[String(part)]
        }
        return (value?.members ?? []).map(\.name)
    }
}

/// Where in a run's file, or on the command line, values stand.
package struct ValuePlaces {
    /// The file.
    let origin: String
    /// Lines by the paths of keys and elements.
    private let lines: [String: Int]
    /// The paths that the command line sets.
    private let overrides: [String]

    package init(origin: String, lines: [String: Int], overrides: [String]) {
        (self.origin, self.lines, self.overrides) = (origin, lines, overrides)
    }

    /// The file and the line of a value, or of what it is missing in.
    subscript(_ path: String) -> String {
        if overrides.contains(where: { path == $0 || path.hasPrefix("\($0).") || path.hasPrefix("\($0)[") }) {
            return "--set"
        }
        var rest = path[...]
        while !rest.isEmpty {
            if let line = lines[String(rest)] { return "\(origin):\(line)" }
            rest = rest.lastIndex { ".[".contains($0) }.map { rest[..<$0] } ?? ""
        }
        return overrides.contains { $0.hasPrefix("\(path).") } ? "--set" : origin
    }
}

extension DecodingError {
    /// Whether nothing tells which value is meant.
    fileprivate var isWithoutPlace: Bool {
        if case .dataCorrupted(let context) = self { context.codingPath.isEmpty } else { false }
    }

    private var context: Context? {
        switch self {
        case .keyNotFound(_, let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            context
        @unknown default: nil
        }
    }

    /// The path of the value that is wrong, or that lacks a key.
    fileprivate var path: String { context?.codingPath.path ?? "" }

    /// What stands in the place of a value of another kind.
    fileprivate func found(in value: JSON) -> String {
        guard case .typeMismatch(_, let context) = self else { return "" }
        let found = context.codingPath.reduce(value as JSON?) { value, key in
            guard let elements = value?.array, let index = key.intValue else { return value?[key.stringValue] }
            return elements.indices.contains(index) ? elements[index] : nil
        }
        return found.map { ", found \($0.kind)" } ?? ""
    }

    /// The place and the reason in one line.
    var inOneLine: String {
        let place = path.isEmpty ? "" : "\(path): "
        switch self {
        case .keyNotFound(let key, let context): return "expected the key \((context.codingPath + [key]).path)"
        case .typeMismatch(let type, _): return "\(place)expected \(Self.kind(type))"
        case .valueNotFound(let type, _): return "\(place)expected \(Self.kind(type)), found nothing"
        case .dataCorrupted(let context): return "\(place)\(context.debugDescription)"
        @unknown default: return "\(self)"
        }
    }

    /// What values of a type are, in words.
    private static func kind(_ type: any Any.Type) -> String {
        switch type {
        case is [String: Any].Type: "keys and values"
        case is [Any].Type: "a list"
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is Double.Type, is Float.Type: "a number"
        case is any FixedWidthInteger.Type: "an integer"
        default: "\(type)"
        }
    }
}

extension [any CodingKey] {
    /// `data.mixture[0].weight`
    fileprivate var path: String {
        reduce("") { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
    }
}
