internal import CLIPFiles

/// The sentences of prompts as a file has them.
///
/// A text file has a template on each line. A JSON file has a list of templates, or an object with the sentences of each class,
/// as CuPL wrote them (Pratt et al., 2023, arXiv:2209.03320). Either may be the value of a data set's name, as in the files of
/// CLIP_benchmark. `{c}` and `{}` mark the place of the class.
package struct TemplateFile: Sendable, Hashable {
    /// What a file has.
    package enum Prompts: Sendable, Hashable {
        /// Templates for all classes, each with at least one `{}` for the class.
        case shared([String])
        /// The sentences of each class, by its name; a `{}` in one stands for the class.
        case byClass([String: [String]])
    }

    /// The file, which errors name.
    package let file: String
    /// What it has.
    package let prompts: Prompts

    /// Reads a file, of JSON where its name ends with `.json`.
    ///
    /// - Parameter dataset: Whose prompts are taken of a JSON file; one with a single name needs none.
    /// - Throws: `FileError` where there is no such file or it is broken, ``DatasetError`` where it has no prompts, or a template
    ///   has no place for the class.
    package init(contentsOf path: String, dataset: String? = nil) throws {
        file = path
        if TextList.isJSON(path) {
            prompts = try Self.prompts(in: TextList.json(path, dataset: dataset), path)
        } else {
            guard dataset == nil else {
                throw DatasetError(path, "expected a .json file where a data set is named, found another")
            }
            prompts = .shared(try Self.templates(of: path))
        }
    }

    /// The templates on the lines of a text file; empty lines are passed over.
    static func templates(of path: String) throws -> [String] {
        try TextList.lines(of: path).enumerated().filter { !$1.isEmpty }.map {
            try template($1, "\(path) line \($0 + 1)")
        }
    }

    private static func prompts(in json: JSON, _ path: String) throws -> Prompts {
        if let members = json.members, !members.isEmpty { return .byClass(try sentences(members, path)) }
        guard json.array != nil, let texts = json.textList else {
            throw DatasetError(
                path,
                "expected a list of templates, or an object with the sentences of each class, found \(json.content)")
        }
        return .shared(try texts.enumerated().map { try template($1, "\(path) template \($0 + 1)") })
    }

    private static func sentences(_ members: [JSON.Member], _ path: String) throws -> [String: [String]] {
        let lists = try members.map { member in
            guard let texts = member.value.textList else {
                throw DatasetError(
                    path,
                    "expected a list of sentences for \(member.name.quoted()), found \(member.value.content)"
                        + (member.value.members == nil ? "" : " (where that is a data set, name it)"))
            }
            return (name: member.name, texts: texts.map(marked))
        }
        // Sentences of a class name it; templates of a data set have a place instead, in every one of them.
        if lists.allSatisfy({ $0.texts.allSatisfy(hasPlace) }) {
            throw DatasetError(
                path, "expected the name of one of the data sets \(TextList.brief(lists.map(\.name))), found none")
        }
        return Dictionary(lists.map { ($0.name, $0.texts) }) { first, _ in first }
    }

    private static func template(_ text: String, _ place: String) throws -> String {
        let template = marked(text)
        if hasPlace(template) { return template }
        throw DatasetError(
            place, "expected a template with {c} or {} in the place of the class, found \(text.quoted())")
    }

    private static func marked(_ text: String) -> String { text.replacing("{c}", with: "{}") }

    private static func hasPlace(_ text: String) -> Bool { text.contains("{}") }

    /// The sentences for each class: templates are filled with each of its names; of sentences by class, those of the first of
    /// its names that has some.
    ///
    /// - Parameter synonyms: For each class its names.
    /// - Throws: ``DatasetError`` where a class has no sentences.
    package func sentences(for synonyms: [[String]]) throws -> [[String]] {
        switch prompts {
        case .shared(let templates):
            return synonyms.map { names in
                names.flatMap { name in templates.map { $0.replacing("{}", with: name) } }
            }
        case .byClass(let sentences):
            return try synonyms.map { names in
                guard let name = names.first(where: { sentences[$0] != nil }), let texts = sentences[name] else {
                    throw DatasetError(
                        file,
                        "expected sentences for the class \(names[0].quoted()), found those of "
                            + TextList.brief(sentences.keys.sorted()))
                }
                return texts.map { $0.replacing("{}", with: name) }
            }
        }
    }
}
