internal import CLIPFiles

/// Files that hold a list of texts: one on each line, or JSON.
enum TextList {
    /// The lines of a text file without blanks at their ends; a byte-order mark and what follows the last line's end are no
    /// text.
    ///
    /// - Throws: `FileError` where there is no such file or it is no UTF-8, ``DatasetError`` where all lines are empty.
    static func lines(of path: String) throws -> [String] {
        var bytes = try contents(ofFile: path, limit: largestFile)[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError(.badData, path: path, "expected UTF-8 text, found bytes that are none")
        }
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { CaptionText.said(String($0)) ?? "" }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard !lines.isEmpty else { throw DatasetError(path, "expected a text on each line, found none") }
        return lines
    }

    /// What a JSON file has for a data set: the value of its name, or of the only name. Without a name of a data set, a file
    /// that has several, or none, is taken whole.
    static func json(_ path: String, dataset: String?) throws -> JSON {
        let json = try JSON(file: path, limit: largestFile)
        guard let dataset else { return json.members?.count == 1 ? json.members?.first?.value ?? json : json }
        guard let value = json[dataset] else {
            let found = json.members.map { "those of \(brief($0.map(\.name)))" } ?? json.kind
            throw DatasetError(path, "expected an object with the data set \(dataset.quoted()), found \(found)")
        }
        return value
    }

    /// Whether a file is JSON by its name.
    static func isJSON(_ path: String) -> Bool { path.lowercased().hasSuffix(".json") }

    /// The first few of many names.
    static func brief(_ names: [String]) -> String {
        names.prefix(8).map { $0.quoted(40) }.joined(separator: ", ")
            + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }

    private static let largestFile = 256 << 20
}

extension JSON {
    /// What the value is where no list of texts was found, in words.
    var content: String {
        switch self {
        case .array(let elements): elements.isEmpty ? "an empty array" : "an array of other values than texts"
        case .object(let members): members.isEmpty ? "an empty object" : kind
        default: kind
        }
    }

    /// A text alone, or a list of nothing but texts, at least one.
    var textList: [String]? {
        if let string { return [string] }
        guard let array, !array.isEmpty else { return nil }
        let texts = array.compactMap(\.string)
        return texts.count == array.count ? texts : nil
    }
}
