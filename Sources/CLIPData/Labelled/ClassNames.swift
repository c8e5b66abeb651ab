internal import CLIPFiles

/// The names of classes as a file has them, each with its synonyms.
///
/// A text file has a class on each line, with tabs between its names. A JSON file has a list (`["cat", "dog"]`, where a list in
/// the place of a name holds synonyms), or an object with the names of each class (`{"n02123045": ["tabby", "tabby cat"]}`).
/// Either may be the value of a data set's name, as in the files of CLIP_benchmark: `{"cifar10": ["airplane", …], …}`.
///
/// Two classes may have the same name, as two pairs of ImageNet's have in the lists that are usual; see ``repeated``.
package struct ClassNames: Sendable, Hashable {
    /// The file, which errors name.
    package let file: String
    /// What the data set calls the classes, where the file says it: then a class is found by that, and not by its index.
    package let keys: [String]?
    /// For each class its names, at least one; the first is what reports call it.
    package let synonyms: [[String]]

    /// The first name of each class.
    package var names: [String] { synonyms.map { $0[0] } }

    /// The first names that more than one class has: no sentence tells these classes apart.
    package var repeated: [String] {
        var counts: [ExactString: Int] = [:]
        for name in names { counts[ExactString(name), default: 0] += 1 }
        return counts.filter { $0.value > 1 }.map(\.key.text).sorted()
    }

    /// Reads a file, of JSON where its name ends with `.json`.
    ///
    /// - Parameter dataset: Whose names are taken of a JSON file; one with a single name needs none.
    /// - Throws: `FileError` where there is no such file or it is broken, ``DatasetError`` where it has no list of names.
    package init(contentsOf path: String, dataset: String? = nil) throws {
        file = path
        if TextList.isJSON(path) {
            (keys, synonyms) = try Self.classes(in: TextList.json(path, dataset: dataset), path)
        } else {
            guard dataset == nil else {
                throw DatasetError(path, "expected a .json file where a data set is named, found another")
            }
            (keys, synonyms) = (nil, try Self.classes(in: TextList.lines(of: path), path))
        }
        for (index, names) in synonyms.enumerated() where Set(names.map { ExactString($0) }).count < names.count {
            throw DatasetError(
                path, "expected different names of the class \(index) (\(names[0].quoted())), found one of them twice")
        }
    }

    /// Names of a list, which errors call `file`.
    init(_ names: [String], file: String) {
        (self.file, keys, synonyms) = (file, nil, names.map { [$0] })
    }

    private static func classes(in lines: [String], _ path: String) throws -> [[String]] {
        try lines.enumerated().map { index, line in
            let names = line.split(separator: "\t").compactMap { CaptionText.said(String($0)) }
            guard !names.isEmpty else {
                throw DatasetError(path, "line \(index + 1): expected the name of a class, found nothing")
            }
            return names
        }
    }

    private static func classes(in json: JSON, _ path: String) throws -> ([String]?, [[String]]) {
        func names(_ value: JSON, _ place: String) throws -> [String] {
            guard let texts = value.textList else {
                throw DatasetError(path, "\(place): expected a name or a list of names, found \(value.content)")
            }
            return texts
        }
        if let members = json.members, !members.isEmpty {
            return (members.map(\.name), try members.map { try names($0.value, "the class \($0.name.quoted())") })
        }
        guard let array = json.array, !array.isEmpty else {
            throw DatasetError(path, "expected a list of the names of classes, found \(json.content)")
        }
        return (nil, try array.enumerated().map { try names($1, "class \($0)") })
    }

    /// The names of a data set's classes: by what the set calls them, or by index.
    ///
    /// - Throws: ``DatasetError`` where a class has none, or there are not as many as classes.
    package func synonyms(for classes: [String]) throws -> [[String]] {
        guard let keys else {
            guard synonyms.count == classes.count else {
                throw DatasetError(
                    file,
                    "expected the names of \(classes.count) classes, as many as the data set has, found "
                        + "\(synonyms.count)")
            }
            return synonyms
        }
        let places = Dictionary(zip(keys.map { ExactString($0) }, synonyms)) { first, _ in first }
        return try classes.map { name in
            if let names = places[ExactString(name)] { return names }
            throw DatasetError(
                file,
                "expected names for the class \(name.quoted()), found those of \(TextList.brief(keys)) "
                    + "(where these are data sets, name one of them)")
        }
    }

    /// The list by index, for a set that has no names of its own.
    ///
    /// - Throws: ``DatasetError`` where the file has the names by class.
    func list() throws -> [[String]] {
        guard let keys else { return synonyms }
        throw DatasetError(
            file,
            "expected a list of names by index, found names for \(TextList.brief(keys)) "
                + "(where these are data sets, name one of them)")
    }
}

/// The classes of a data set: what it calls them, and by what names.
struct SetClasses: Sendable {
    let synonyms: [[String]]

    var names: [String] { synonyms.map { $0[0] } }

    /// The names that are given, or else the set's own.
    ///
    /// - Parameters:
    ///   - own: What the set calls its classes, by index; `nil` where it says nothing.
    ///   - missing: What is wrong where nobody names them.
    init(_ given: ClassNames?, own: [String]?, missing: @autoclosure () -> DatasetError) throws {
        switch (given, own) {
        case (let given?, let own?): synonyms = try given.synonyms(for: own)
        case (let given?, nil): synonyms = try given.list()
        case (nil, let own?): synonyms = own.map { [$0] }
        case (nil, nil): throw missing()
        }
    }
}
