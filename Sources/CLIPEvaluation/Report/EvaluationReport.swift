package import CLIPFiles
package import CLIPPage
internal import Foundation

/// The results of a command that measures, gathered as they come, and written as one folder.
package struct EvaluationReport {
    /// What was measured, in order.
    package private(set) var evaluations: [Evaluation] = []
    private var comparisons: [EvaluationPage.Comparison] = []
    private var sections: [HTML] = []
    private var notes: [String] = []
    private var images: [JSON] = []
    private var architectures: [String: String] = [:]
    /// The number of sections so far, which tells the next one from them.
    package var sectionCount: Int { sections.count }

    package init() {}

    /// Adds what a model was found to do.
    ///
    /// - Parameter architecture: The architecture, as open_clip calls it.
    package mutating func add(_ evaluation: Evaluation, architecture: String) {
        evaluations.append(evaluation)
        architectures[evaluation.model] = architecture
    }

    /// Adds what the page shows of it.
    package mutating func add(_ section: HTML) { sections.append(section) }

    /// Adds a comparison of two models.
    package mutating func add(_ comparison: EvaluationPage.Comparison) { comparisons.append(comparison) }

    /// Adds a line that readers must not overlook.
    package mutating func note(_ line: String) { if !notes.contains(line) { notes.append(line) } }

    /// Adds a line for an image.
    package mutating func add(image: JSON) { images.append(image) }

    /// The document of all results.
    package var json: JSON {
        [
            "results": .array(evaluations.map(\.json)),
            "comparisons": .array(
                comparisons.map { $0.result.json(first: $0.first, second: $0.second, dataset: $0.dataset) }),
            "notes": .array(notes.map(JSON.string)),
        ]
    }

    /// Writes the files of a folder that is made where it is missing; files of the same names make way, each at once.
    ///
    /// - Parameter title: What the page is called.
    package func write(to folder: String, title: String) throws {
        try makeFolder(folder)
        try AtomicFile.write(json.indentedText.utf8, to: "\(folder)/results.json")
        if !images.isEmpty {
            try AtomicFile.write(to: "\(folder)/images.jsonl") { file in
                for image in images { try file.write(Array("\(image.compactText)\n".utf8)) }
            }
        }
        try makeFolder("\(folder)/benchmark")
        for evaluation in evaluations {
            let name = "\(evaluation.dataset)_\(evaluation.model)_\(evaluation.task.rawValue)".fileName
            let document = evaluation.benchmark(architecture: architectures[evaluation.model] ?? evaluation.model)
            try AtomicFile.write(document.indentedText.utf8, to: "\(folder)/benchmark/\(name).json")
        }
        let page = EvaluationPage(
            title: title, evaluations: evaluations, comparisons: comparisons, sections: sections, notes: notes)
        try AtomicFile.write(page.text.utf8, to: "\(folder)/report.html")
    }
}

extension String {
    /// The text as a part of a file's name: other characters than letters, digits and few signs become underscores, and what is
    /// too long is cut to its end.
    fileprivate var fileName: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                    return isPlain || "-_.".unicodeScalars.contains(scalar) ? scalar : "_"
                }.suffix(200)))
    }
}
