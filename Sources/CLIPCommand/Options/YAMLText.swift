internal import CLIPFiles
internal import Yams

/// YAML that says what JSON can say: the values of a configuration.
enum YAMLText {
    /// The text's value. Throws `FileError` that names `origin` where the text is no YAML, or is more than JSON can say.
    static func json(_ text: String, origin: String) throws -> JSON { try document(text, origin: origin).json }

    /// The text's value, and the line of each key and element in it by its path, such as `data.mixture[0].weight`.
    static func document(_ text: String, origin: String) throws -> (json: JSON, lines: [String: Int]) {
        do {
            var expansion = Expansion(origin: origin)
            let json = try Yams.compose(yaml: text).map { try expansion.value($0, at: "", depth: 0) } ?? .null
            return (json, expansion.lines)
        } catch let error as YamlError {
            throw FileError(.badData, path: origin, "expected YAML, found \(error.reason)")
        }
    }
}

/// Turns nodes into values, a bounded number of them: a name may stand for a value that is made of names in turn, so that
/// a short text can mean more than fits in memory.
private struct Expansion {
    let origin: String
    /// Where keys and elements stand, by their paths.
    private(set) var lines: [String: Int] = [:]
    private var remaining = 100_000

    private static let deepest = 64

    init(origin: String) { self.origin = origin }

    mutating func value(_ node: Node, at path: String, depth: Int) throws -> JSON {
        remaining -= 1
        guard remaining >= 0 else { throw refusal(node, "at most 100000 values", "more") }
        guard depth < Self.deepest else { throw refusal(node, "at most \(Self.deepest) levels", "more") }
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
        let place = node.mark.map { " in line \($0.line)" } ?? ""
        return FileError(.badData, path: origin, "expected \(expected), found \(found)\(place)")
    }
}

extension YamlError {
    /// What is wrong, without the text around it.
    fileprivate var reason: String {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return "\(problem) in line \(mark.line), column \(mark.column)"
        case .reader(let problem, _, _, _): return problem
        case .duplicatedKeysInMapping(let names, let context):
            return "the key \((names.first ?? "").quoted()) twice in line \(context.mark.line)"
        default: return "a text that cannot be read"
        }
    }
}
