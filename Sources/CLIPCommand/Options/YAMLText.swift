internal import CLIPFiles
internal import Yams

/// YAML that says what JSON can say: the values of a configuration.
enum YAMLText {
    /// The value of a text of one line. Throws `FileError` that names `origin` where the text is no YAML, or is more than
    /// JSON can say.
    static func json(_ text: String, origin: String) throws -> JSON {
        var expansion = Expansion { _ in origin }
        return try expansion.document(text)
    }

    /// The value of a file's text, and the line of each key and element in it by its path, such as
    /// `data.mixture[0].weight`. Throws `FileError` that names the file and the line where the text is no YAML, or is more
    /// than JSON can say.
    static func document(_ text: String, file: String) throws -> (json: JSON, lines: [String: Int]) {
        var expansion = Expansion { line in line.map { "\(file):\($0)" } ?? file }
        return (try expansion.document(text), expansion.lines)
    }

    /// No value lies deeper.
    fileprivate static let deepest = 64
}

/// Turns nodes into values, a bounded number of them: a name may stand for a value that is made of names in turn, so that
/// a short text can mean more than fits in memory.
private struct Expansion {
    /// What errors call a line.
    private let place: (Int?) -> String
    /// Where keys and elements stand, by their paths.
    private(set) var lines: [String: Int] = [:]
    private var remaining = 100_000

    init(place: @escaping (Int?) -> String) { self.place = place }

    mutating func document(_ text: String) throws -> JSON {
        do {
            return try Yams.compose(yaml: text).map { try value($0, at: "", depth: 0) } ?? .null
        } catch let error as YamlError {
            let (line, reason) = error.reason(in: text)
            throw FileError(.badData, path: place(line), "expected \(reason)")
        }
    }

    private mutating func value(_ node: Node, at path: String, depth: Int) throws -> JSON {
        remaining -= 1
        guard remaining >= 0 else { throw refusal(node, "at most 100000 values", "more") }
        guard depth < YAMLText.deepest else { throw refusal(node, "at most \(YAMLText.deepest) levels", "more") }
        switch node {
        case .scalar(let scalar): return try value(scalar, node)
        case .sequence(let sequence):
            return .array(try sequence.enumerated().map { try element($1, at: "\(path)[\($0)]", depth: depth + 1) })
        case .mapping(let mapping):
            return .object(try mapping.map { try member($0.key, $0.value, of: path, depth: depth + 1) })
        case .alias: throw refusal(node, "a value", "a name that stands for none")
        }
    }

    private mutating func element(_ node: Node, at path: String, depth: Int) throws -> JSON {
        lines[path] = node.mark?.line
        return try value(node, at: path, depth: depth)
    }

    private mutating func member(
        _ key: Node, _ element: Node, of path: String, depth: Int
    ) throws -> JSON.Member {
        guard let name = key.scalar?.string else { throw refusal(key, "a text as key", "a list or keys and values") }
        let place = path.isEmpty ? name : "\(path).\(name)"
        lines[place] = key.mark?.line
        return JSON.Member(name, try value(element, at: place, depth: depth))
    }

    private func value(_ scalar: Node.Scalar, _ node: Node) throws -> JSON {
        switch Resolver.default.resolveTag(of: node) {
        case .null: return .null
        case .bool: return .bool(node.bool ?? false)
        case .int:
            if let integer = node.int { return .integer(integer) }
            if let integer = UInt64(scalar.string) { return .unsigned(integer) }
            return try number(scalar, node)
        case .float: return try number(scalar, node)
        default: return .string(scalar.string)
        }
    }

    private func number(_ scalar: Node.Scalar, _ node: Node) throws -> JSON {
        guard let number = node.float, number.isFinite else {
            throw refusal(node, "a finite number", scalar.string.quoted())
        }
        return .number(number)
    }

    private func refusal(_ node: Node, _ expected: String, _ found: String) -> FileError {
        FileError(.badData, path: place(node.mark?.line), "expected \(expected), found \(found)")
    }
}

extension YamlError {
    /// What was expected and what was found, without the text around it, and the line of it.
    fileprivate func reason(in text: String) -> (line: Int?, String) {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return (mark.line, Self.reason(problem, column: mark.column))
        case .reader(let problem, _, _, _): return (nil, "YAML, found \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            let name = names.first ?? ""
            let second = Self.line(of: name, behind: context.mark, in: text)
            return (second, "each key once, found \(name.quoted()) a second time")
        default: return (nil, "YAML, found a text that cannot be read")
        }
    }

    /// What libyaml says of a place, in the words of the other errors.
    private static func reason(_ problem: String, column: Int) -> String {
        // It names a function of its own beside its limit, which is above ours.
        if problem.hasPrefix("Maximum nesting level") { return "at most \(YAMLText.deepest) levels, found more" }
        let found = problem.hasPrefix("found ") ? ", \(problem)" : ": \(problem)"
        return "YAML\(found) at column \(column)"
    }

    /// The line in which a key stands again: at the same column, behind nothing but blanks, or in the line of the first
    /// between braces.
    private static func line(of name: String, behind first: Mark, in text: String) -> Int {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let later = lines.indices.dropFirst(first.line).first { index in
            let (before, key) = (lines[index].prefix(first.column - 1), lines[index].dropFirst(first.column - 1))
            guard before.allSatisfy({ " -{".contains($0) }) else { return false }
            return [name, "\"\(name)\"", "'\(name)'"].contains { written in
                key.hasPrefix(written) && key.dropFirst(written.count).drop { $0 == " " }.first == ":"
            }
        }
        return later.map { $0 + 1 } ?? first.line
    }
}
