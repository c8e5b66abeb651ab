package import CLIPFiles

/// The members of a JSON object of a configuration file, read by name; what is wrong is told with the file and the name.
///
/// A member that is null counts as missing, as it does where Python reads it.
package struct Fields {
    package let path: String
    /// The names that lead here, such as "text_config".
    let place: String
    private let members: [String: JSON]

    init(_ json: JSON, path: String, place: String = "") throws {
        guard let members = json.members else {
            throw FileError(
                .badData, path: path,
                "expected \(place.isEmpty ? "a JSON object" : "\(place) to be an object"), found \(json.kind)")
        }
        self.path = path
        self.place = place
        // A strict parser lets no name through twice.
        self.members = Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    package init(file path: String) throws { try self.init(JSON(file: path, limit: 16 << 20), path: path) }

    /// The names of all members.
    var names: [String] { members.keys.sorted() }

    /// The value of a member that is there and not null.
    package subscript(_ name: String) -> JSON? {
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    func fields(_ name: String) throws -> Fields? {
        try self[name].map { try Fields($0, path: path, place: full(name)) }
    }

    package func integer(_ name: String, default value: Int? = nil) throws -> Int {
        try read(name, "an integer", value, \.integer)
    }

    package func double(_ name: String, default value: Double? = nil) throws -> Double {
        try read(name, "a number", value, \.double)
    }

    func double(ifPresent name: String) throws -> Double? { self[name] == nil ? nil : try double(name) }

    package func string(_ name: String, default value: String? = nil) throws -> String {
        try read(name, "a string", value, \.string)
    }

    func bool(_ name: String, default value: Bool? = nil) throws -> Bool {
        try read(name, "true or false", value, \.bool)
    }

    /// Three numbers, one for each channel.
    func channels(_ name: String, default value: [Float]) throws -> [Float] {
        try read(name, "three numbers", value) { json in
            let numbers = json.array?.compactMap(\.double).map(Float.init)
            return numbers?.count == 3 ? numbers : nil
        }
    }

    /// A number, or a list of two: rows and columns.
    func size(_ name: String, default value: (height: Int, width: Int)? = nil) throws -> (height: Int, width: Int) {
        try read(name, "an integer or two", value) { json in
            if let side = json.integer { return (side, side) }
            let sides = json.array?.compactMap(\.integer) ?? []
            return sides.count == 2 ? (sides[0], sides[1]) : nil
        }
    }

    /// The side of a square.
    func side(_ name: String, default value: Int? = nil) throws -> Int {
        let size = try size(name, default: value.map { ($0, $0) })
        guard size.height == size.width else { throw refused(name, "a square", "\(size.height) × \(size.width)") }
        return size.height
    }

    /// An error about a member.
    package func refused(_ name: String, _ expected: String, _ found: String) -> FileError {
        FileError(.badData, path: path, "\(full(name)): expected \(expected), found \(found)")
    }

    private func full(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    private func read<Value>(
        _ name: String, _ expected: String, _ missing: Value?, _ convert: (JSON) -> Value?
    ) throws -> Value {
        guard let json = self[name] else {
            if let missing { return missing }
            throw refused(name, expected, "none")
        }
        guard let value = convert(json) else { throw refused(name, expected, "\(json.compactText.prefix(60))") }
        return value
    }
}
