internal import CLIPDemo
internal import CLIPPage
internal import CLIPTraining

/// What a tour measured and wrote, as lines for a person.
struct DemoReport {
    private let result: DemoResult

    init(_ result: DemoResult) {
        self.result = result
    }

    /// The table, where everything is, and what to try next.
    var text: String {
        let outcome = result.outcome
        let head =
            "Trained on \(outcome.pairs.grouped) pairs in \(outcome.seconds.duration), measured in "
            + "\(result.evaluationSeconds.fixed(1)) s."
        let places = [
            ("page", result.pagePath), ("model", outcome.folder.model), ("samples", "\(result.output)/samples"),
            ("metrics", outcome.folder.metrics),
        ].map { "\($0.0.padded(to: 9))\($0.1)" }
        let commands = result.commands.map { "  # \($0.purpose)\n  \($0.line)" }
        let parts = [head, table, places.joined(separator: "\n"), "Try next:\n" + commands.joined(separator: "\n")]
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var table: String {
        let head = ["", "questions", "first", "chance", "in five", "chance"]
        let rows = result.answers.figures.map { figure in
            [
                figure.title, figure.count.grouped, figure.top1.percent, figure.chance1.percent,
                figure.top5?.percent ?? "", figure.chance5?.percent ?? "",
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            let cells = row.indices.map { column in
                column == 0 ? row[0].padded(to: widths[0]) : row[column].padded(to: widths[column], isRight: true)
            }
            return cells.joined(separator: "  ").trimmedAtEnd
        }.joined(separator: "\n")
    }
}

extension String {
    /// The text with spaces behind it, or before it, up to a number of characters.
    fileprivate func padded(to width: Int, isRight: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - count))
        return isRight ? space + self : self + space
    }

    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
