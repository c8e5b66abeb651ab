package import CLIPPage
internal import Foundation

/// A page of what models were measured on: the figures, what they are compared with, and sections of each task.
package struct EvaluationPage {
    private let title: String
    private let evaluations: [Evaluation]
    private let comparisons: [Comparison]
    private let sections: [HTML]
    private let notes: [String]

    /// Two models on the same questions.
    package struct Comparison {
        package let first: String
        package let second: String
        package let dataset: String
        package let result: PairedComparison

        package init(first: String, second: String, dataset: String, result: PairedComparison) {
            (self.first, self.second, self.dataset, self.result) = (first, second, dataset, result)
        }
    }

    /// - Parameters:
    ///   - sections: What the tasks have to show, in order.
    ///   - notes: What was left out and is not to be overlooked.
    package init(
        title: String, evaluations: [Evaluation], comparisons: [Comparison] = [], sections: [HTML] = [],
        notes: [String] = []
    ) {
        (self.title, self.evaluations, self.comparisons) = (title, evaluations, comparisons)
        (self.sections, self.notes) = (sections, notes)
    }

    /// The page's text.
    package var text: String {
        PageFrame(
            title: "clip eval: \(title)", head: head, main: "\(warnings)\(tables)\(comparison)\(sections)",
            foot: "<p>Written by <code>clip eval</code>.</p>"
        ).text
    }

    private var head: HTML {
        let models = Set(evaluations.map(\.model)).count
        let images = evaluations.map(\.images).max() ?? 0
        return """
            <p class="eyebrow">clip eval</p>
            <h1>\(title)</h1>
            <p class="lead">\(models == 1 ? "One model" : "\(models) models" as HTML) on \(images.grouped) images. An interval says
            where 95 of 100 figures would lie if they were measured on other samples of the same size.</p>
            """
    }

    private var warnings: HTML {
        guard !notes.isEmpty else { return .empty }
        let lines = notes.map { "<div class=\"warning\"><p>\($0)</p></div>" as HTML }
        return "<section aria-labelledby=\"notes\"><h2 id=\"notes\">Not to be overlooked</h2>\(lines)</section>"
    }

    /// A table for each task and data set: a row for each model.
    private var tables: HTML {
        var order: [String] = []
        var groups: [String: [Evaluation]] = [:]
        for evaluation in evaluations {
            let key = "\(evaluation.task.rawValue) \(evaluation.dataset)"
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(evaluation)
        }
        // Few shots and robustness have tables of their own.
        let plain: Set<Evaluation.Task> = [.zeroShot, .retrieval, .probe]
        let tables = order.compactMap { groups[$0] }.filter { plain.contains($0[0].task) }.map(table)
        guard !tables.isEmpty else { return .empty }
        return "<section aria-labelledby=\"figures\"><h2 id=\"figures\">Figures</h2>\(tables)</section>"
    }

    private func table(_ group: [Evaluation]) -> HTML {
        guard let first = group.first else { return .empty }
        let heads = first.figures.map { "<th scope=\"col\">\(Self.label($0.name))</th>" as HTML }
        let rows = group.map { evaluation -> HTML in
            let cells = evaluation.figures.map { "<td>\(Self.cell($0))</td>" as HTML }
            return "<tr><th scope=\"row\">\(evaluation.model)</th><td>\(evaluation.images.grouped)</td>\(cells)</tr>"
        }
        return """
            <h3>\(Self.name(first.task)), \(first.dataset)</h3>
            <div class="scroll" tabindex="0" role="region" aria-label="figures"><table class="figures">
            <thead><tr><th scope="col">model</th><th scope="col">images</th>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private static func cell(_ figure: Figure) -> HTML {
        let value = figure.isShare ? figure.value.unbrokenPercent : figure.value.fixed(figure.value < 10 ? 1 : 0)
        guard let low = figure.low, let high = figure.high else { return "\(value)" }
        let range =
            figure.isShare
            ? "\((low * 100).fixed(1))–\((high * 100).fixed(1))" : "\(low.fixed(0))–\(high.fixed(0))"
        return "<strong>\(value)</strong><br><span class=\"score\">\(range)</span>"
    }

    /// A task in words.
    static func name(_ task: Evaluation.Task) -> String {
        switch task {
        case .zeroShot: "Zero-shot classification"
        case .retrieval: "Retrieval"
        case .probe: "Linear probe"
        case .fewShot: "Few shots"
        case .robustness: "Robustness"
        }
    }

    /// A figure in words.
    static func label(_ name: String) -> String {
        switch name {
        case "acc1": "top-1 accuracy"
        case "acc5": "top-5 accuracy"
        case "mean_per_class_recall": "mean recall of classes"
        case "ece": "calibration error"
        case "calibrated_ece": "calibration error, calibrated"
        case "mean_average_precision": "mean average precision"
        default: name.replacing("acc1_", with: "").replacing("_", with: " ")
        }
    }

    private var comparison: HTML {
        guard !comparisons.isEmpty else { return .empty }
        let rows = comparisons.map { comparison -> HTML in
            let result = comparison.result
            let points = (result.second - result.first) * 100
            let verdict: HTML =
                !result.isDecided
                ? "no difference is shown" : points > 0 ? "the second is better" : "the first is better"
            return """
                <tr><th scope="row">\(comparison.first) → \(comparison.second)</th><td>\(comparison.dataset)</td>
                <td>\(Self.label(result.figure))</td><td>\(result.first.unbrokenPercent)</td><td>\(result.second.unbrokenPercent)</td>
                <td><strong>\(String(format: "%+.1f", points))</strong><br><span class="score">\(String(format: "%+.1f", result.difference.lowerBound * 100)) to \(String(format: "%+.1f", result.difference.upperBound * 100))</span></td>
                <td>\(result.onlyFirst.grouped), \(result.onlySecond.grouped)</td><td>\(result.pValue < 0.001 ? "< 0.001" : result.pValue.fixed(3))</td>
                <td>\(verdict)</td></tr>
                """
        }
        return """
            <section aria-labelledby="compare"><h2 id="compare">Which is better</h2>
            <p>Both answer the same questions, so that what they have in common falls away: points of difference with their 95 %
            interval by the paired bootstrap, the questions that one of them alone answers rightly, and how probable that is of
            equally good models (McNemar's exact test).</p>
            <div class="scroll" tabindex="0" role="region" aria-label="comparison"><table class="figures">
            <thead><tr><th scope="col">models</th><th scope="col">data</th><th scope="col">figure</th><th scope="col">first</th>
            <th scope="col">second</th><th scope="col">difference</th><th scope="col">only first, only second</th>
            <th scope="col">p</th><th scope="col">verdict</th></tr></thead><tbody>\(rows)</tbody></table></div></section>
            """
    }
}
