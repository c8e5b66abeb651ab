internal import CLIPEvaluation
internal import CLIPFiles
internal import Foundation

/// Prints results: as JSON, as a table on a terminal, as lines elsewhere.
struct EvaluationPrinter {
    private let report: EvaluationReport

    init(_ report: EvaluationReport) { self.report = report }

    func print(asJSON: Bool) throws {
        if asJSON { return try Console.print(report.json.indentedText, terminator: "") }
        for evaluation in report.evaluations {
            try Console.isOutputTerminal ? printTable(evaluation) : printLines(evaluation)
        }
    }

    private func printTable(_ evaluation: Evaluation) throws {
        try Console.print(
            Console.bold("\(evaluation.task.rawValue)  \(evaluation.dataset)  \(evaluation.model)".onOneLine)
                + "  \(evaluation.images) images")
        let width = evaluation.figures.map(\.name.count).max() ?? 0
        for figure in evaluation.figures {
            let name = figure.name.padding(toLength: width, withPad: " ", startingAt: 0)
            try Console.print("  \(name)  \(Self.text(figure))")
        }
    }

    private static func text(_ figure: Figure) -> String {
        func number(_ value: Double) -> String {
            figure.isShare ? String(format: "%5.1f", value * 100) : String(format: "%5.0f", value)
        }
        let unit = figure.isShare ? " %" : ""
        guard let low = figure.low, let high = figure.high else { return "\(number(figure.value))\(unit)" }
        return "\(number(figure.value))\(unit)   (\(number(low).trimmed)–\(number(high).trimmed)\(unit))"
    }

    private func printLines(_ evaluation: Evaluation) throws {
        for figure in evaluation.figures {
            let interval = [figure.low, figure.high].map { $0.map { "\($0)" } ?? "" }
            try Console.print(
                ([evaluation.task.rawValue, evaluation.dataset.onOneLine, evaluation.model.onOneLine, figure.name]
                    + ["\(figure.value)"] + interval).joined(separator: "\t"))
        }
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
