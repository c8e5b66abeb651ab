internal import CLIPFiles
internal import Foundation

/// The members of an object of `tokenizer.json`, each taken by name, so that a member which nobody takes is refused and
/// not passed over.
struct JSONFields {
    /// Where the object is, for an error: `normalizer.Strip`.
    let place: String
    private var members: [String: JSON]

    init(_ json: JSON, at place: String) throws {
        guard let members = json.members else {
            throw VocabularyError(expected: "an object as \"\(place)\"", found: json.kind)
        }
        self.place = place
        self.members = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// The object in a file.
    init(file: URL) throws {
        let data = try VocabularyFile.read(file)
        do {
            let json = try data.withUnsafeBytes { bytes throws(JSON.SyntaxError) in try JSON(parsing: bytes) }
            try self.init(json, at: "the whole file")
        } catch let error as JSON.SyntaxError {
            throw VocabularyError(file: file.path, expected: "JSON", found: error.description)
        } catch let error as VocabularyError {
            throw error.naming(file.path)
        }
    }

    /// A member's value; nil where there is none or null.
    mutating func take(_ name: String) -> JSON? {
        guard let value = members.removeValue(forKey: name), value != .null else { return nil }
        return value
    }

    mutating func string(_ name: String) throws -> String? {
        try take(name).map { value in
            guard let string = value.string else { throw wrong(name, "a string", value) }
            return string
        }
    }

    mutating func bool(_ name: String, default truth: Bool) throws -> Bool {
        guard let value = take(name) else { return truth }
        guard let bool = value.bool else { throw wrong(name, "true or false", value) }
        return bool
    }

    mutating func integer(_ name: String) throws -> Int? {
        try take(name).map { value in
            guard let integer = value.integer else { throw wrong(name, "a whole number", value) }
            return integer
        }
    }

    mutating func array(_ name: String) throws -> [JSON]? {
        try take(name).map { value in
            guard let array = value.array else { throw wrong(name, "a list", value) }
            return array
        }
    }

    /// A member that must be there.
    mutating func required<Value>(_ name: String, _ value: Value?) throws -> Value {
        guard let value else { throw VocabularyError(expected: "\"\(name)\" in \"\(place)\"", found: "none") }
        return value
    }

    /// Refuses what has not been taken, unless it is null.
    func finish() throws {
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where value != .null {
            throw VocabularyError(
                expected: "only known options in \"\(place)\"", found: "\(name.quoted(40)), which is not implemented")
        }
    }

    func wrong(_ name: String, _ expected: String, _ found: JSON) -> VocabularyError {
        VocabularyError(expected: "\(expected) as \"\(name)\" of \"\(place)\"", found: found.kind)
    }

    func unknown(_ what: String, _ found: String) -> VocabularyError {
        VocabularyError(expected: "\(what) in \"\(place)\"", found: "\(found.quoted(60)), which is not implemented")
    }
}

extension JSONFields {
    /// A member's value, left where it is.
    func peek(_ name: String) -> JSON? {
        var copy = self
        return copy.take(name)
    }
}
