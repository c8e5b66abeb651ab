import CLIPImaging

/// A text with places for the columns of a table: `a photo of {colour} {type} for {gender}`. Two braces stand for one.
public struct CaptionTemplate: Sendable, Hashable, Codable, ExpressibleByStringLiteral {
    /// The text.
    public var text: String
    /// How often it is drawn beside the others; 0 never, 2 twice as often as 1.
    public var weight: Double

    /// A template.
    public init(_ text: String, weight: Double = 1) {
        self.text = text
        self.weight = weight
    }

    /// A template of the weight 1.
    public init(stringLiteral text: String) { self.init(text) }

    private enum CodingKeys: CodingKey { case text, weight }

    /// Reads a text alone, or a text and a weight.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init(text)
        } else {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                try container.decode(String.self, forKey: .text),
                weight: try container.decodeIfPresent(Double.self, forKey: .weight) ?? 1)
        }
    }
}

extension CaptionTemplate {
    /// Text, or the place of a column.
    enum Part<Column> {
        case text(String)
        case column(Column)
    }

    func failure(_ file: String, _ reason: String) -> DatasetError {
        DatasetError(file, "caption template \"\(text)\": \(reason)")
    }

    /// The names of the columns, as often as they stand in the text.
    func columns(file: String) throws -> [String] {
        try parts(file: file).compactMap { if case .column(let name) = $0 { name } else { nil } }
    }

    /// The parts with the names of the columns.
    /// - Throws: ``DatasetError`` that names the file whose captions are made, where the braces mean nothing.
    func parts(file: String) throws -> [Part<String>] {
        var parts: [Part<String>] = []
        var text = ""
        var rest = self.text[...]
        while let character = rest.popFirst() {
            if character == "{" || character == "}", rest.first == character {
                text.append(character)
                rest.removeFirst()
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw failure(file, "expected }, found the end") }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.column(String(rest[..<end])))
                rest = rest[end...].dropFirst()
            } else if character == "}" {
                throw failure(file, "expected { before }, found } alone")
            } else {
                text.append(character)
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        guard !parts.isEmpty else { throw failure(file, "expected a text, found none") }
        return parts
    }
}

/// A template whose columns have been found.
struct CompiledTemplate: Sendable {
    let parts: [CaptionTemplate.Part<Int>]
    let weight: Double

    /// - Throws: ``DatasetError`` that names the columns there are, where a place names none of them.
    init(_ template: CaptionTemplate, columns: [String], file: String) throws {
        guard template.weight >= 0, template.weight.isFinite else {
            throw template.failure(file, "expected a weight of at least 0")
        }
        weight = template.weight
        parts = try template.parts(file: file).map { part in
            switch part {
            case .text(let text): return .text(text)
            case .column(let name):
                guard let column = columns.firstIndex(of: name) else {
                    let known = columns.joined(separator: ", ")
                    throw template.failure(file, "expected one of the columns \(known), found {\(name)}")
                }
                return .column(column)
            }
        }
    }

    /// The text with the cells in their places, or `nil` where one of them is empty.
    func filled(with cells: [String]) -> String? {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .column(let index):
                if cells[index].isEmpty { return nil }
                result += cells[index]
            }
        }
        return result
    }
}

extension CaptionTemplate.Part: Sendable where Column: Sendable {}

/// What the captions of a table, or of a list of another kind that names its values, are made of.
struct CaptionSource: Sendable {
    let templates: [CompiledTemplate]
    /// For each column, the words that stand for its values.
    let words: [[String: String]]
    let lowercases: Bool

    /// - Parameters:
    ///   - columns: The names of the cells that captions are asked for with.
    ///   - file: What errors name.
    /// - Throws: ``DatasetError`` for a template or words that mean nothing for the columns.
    init(_ options: TableOptions, columns: [String], file: String) throws {
        var templates = options.captions
        if templates.isEmpty {
            let key = options.captionKey.replacing("{", with: "{{").replacing("}", with: "}}")
            templates = [CaptionTemplate("{\(key)}")]
        }
        self.templates = try templates.map { try CompiledTemplate($0, columns: columns, file: file) }
            .filter { $0.weight > 0 }
        guard !self.templates.isEmpty else {
            throw DatasetError(file, "expected a caption template with a weight, found none")
        }
        for name in options.words.keys.sorted() where !columns.contains(name) {
            throw DatasetError(
                file, "words for the column \(name): expected one of \(columns.joined(separator: ", "))")
        }
        words = columns.map { options.words[$0] ?? [:] }
        lowercases = options.lowercases
    }

    /// Whether the cells fill any template.
    func isApplicable(to cells: [String]) -> Bool {
        let cells = spoken(cells)
        return templates.contains { $0.filled(with: cells) != nil }
    }

    /// The caption of every template that the cells fill.
    func all(for cells: [String]) -> [String] {
        let cells = spoken(cells)
        return templates.compactMap { $0.filled(with: cells) }
    }

    /// A caption drawn from the templates that the cells fill, by their weights.
    /// - Throws: ``DatasetError`` that names the image where there is none.
    func caption(
        for cells: [String], of image: String, using generator: inout SeededGenerator
    ) throws -> String {
        let cells = spoken(cells)
        let choices = templates.compactMap { template in
            template.filled(with: cells).map { (text: $0, weight: template.weight) }
        }
        guard let last = choices.last else { throw DatasetError(image, "nothing to make a caption of") }
        var point = generator.uniform(0...choices.reduce(0) { $0 + $1.weight })
        for choice in choices {
            point -= choice.weight
            if point < 0 { return choice.text }
        }
        return last.text
    }

    /// The cells in the words of captions.
    private func spoken(_ cells: [String]) -> [String] {
        zip(cells, words).map { cell, words in
            let word = words[cell] ?? cell
            return lowercases ? word.lowercased() : word
        }
    }
}
