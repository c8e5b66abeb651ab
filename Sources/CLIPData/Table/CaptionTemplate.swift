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

/// A template whose columns have been found.
struct CompiledTemplate: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case text(String)
        case column(Int)
    }
    let parts: [Part]
    let weight: Double

    /// - Throws: ``DatasetError`` that names the columns there are, where a place names none of them.
    init(_ template: CaptionTemplate, columns: [String], file: String) throws {
        func fail(_ reason: String) -> DatasetError {
            DatasetError(file, "caption template \"\(template.text)\": \(reason)")
        }
        guard template.weight >= 0, template.weight.isFinite else { throw fail("expected a weight of at least 0") }
        weight = template.weight
        var parts: [Part] = []
        var text = ""
        var rest = template.text[...]
        while let character = rest.popFirst() {
            if character == "{" || character == "}", rest.first == character {
                text.append(character)
                rest.removeFirst()
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw fail("expected }, found the end") }
                let name = String(rest[..<end])
                guard let column = columns.firstIndex(of: name) else {
                    throw fail("expected one of the columns \(columns.joined(separator: ", ")), found {\(name)}")
                }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.column(column))
                rest = rest[end...].dropFirst()
            } else if character == "}" {
                throw fail("expected { before }, found } alone")
            } else {
                text.append(character)
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        guard !parts.isEmpty else { throw fail("expected a text, found none") }
        self.parts = parts
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

/// What the captions of a table are made of.
struct CaptionSource: Sendable {
    let templates: [CompiledTemplate]
    /// For each column, the words that stand for its values.
    let words: [[String: String]]
    let lowercases: Bool

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
    func caption(for cells: [String], using generator: inout SeededGenerator) -> String? {
        let cells = spoken(cells)
        let choices = templates.compactMap { template in
            template.filled(with: cells).map { (text: $0, weight: template.weight) }
        }
        var point = generator.uniform(0...choices.reduce(0) { $0 + $1.weight })
        for choice in choices {
            point -= choice.weight
            if point < 0 { return choice.text }
        }
        return choices.last?.text
    }

    /// The cells in the words of captions.
    private func spoken(_ cells: [String]) -> [String] {
        zip(cells, words).map { cell, words in
            let word = words[cell] ?? cell
            return lowercases ? word.lowercased() : word
        }
    }
}
