import CLIPPage

/// What was measured on the validation set, an evaluation a row.
struct ValidationSection {
    private let report: RunReport
    /// More rows are left out in the middle of the run.
    private static let rows = 40

    init(_ report: RunReport) { self.report = report }

    var html: HTML {
        let results = report.validations
        guard let last = results.last else { return .empty }
        let names = ValidationMetrics.names(in: results)
        let heads = names.map { "<th scope=\"col\">\(ValidationMetrics.title($0))</th>" as HTML }
        let best = ValidationResult.best(of: results)
        let every = max(1, results.count / Self.rows)
        let shown = results.enumerated().filter {
            $0.offset % every == 0 || $0.element == best || $0.offset == results.count - 1
        }
        let rows = shown.map { row($0.element, names, isBest: $0.element == best) }
        return """
            <section aria-labelledby="validation"><h2 id="validation">On the validation set</h2>
            <p>\(last.images.grouped) images and \(last.texts.grouped) texts; recalls and accuracies in percent. The best
            step by \(ValidationMetrics.title(report.configuration.validation?.best ?? ValidationMetrics.meanRecall)) is
            marked.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="validation"><table class="figures">
            <thead><tr><th scope="col">step</th>\(heads)<th scope="col">seconds</th></tr></thead>
            <tbody>\(rows)\(change(last, names))</tbody></table></div></section>
            """
    }

    private func row(_ result: ValidationResult, _ names: [String], isBest: Bool) -> HTML {
        let cells = names.map { name -> HTML in
            guard let value = result.metrics[name] else { return "<td>–</td>" }
            return name == ValidationMetrics.loss
                ? "<td>\(value, digits: 3)</td>" : "<td>\(value * 100, digits: 1)</td>"
        }
        let name: HTML = result.step == 0 ? "start" : "\(result.step.grouped)\(isBest ? ", best" : "" as HTML)"
        return """
            <tr class="\(isBest ? "best" : "plain" as HTML)"><th scope="row">\(name)</th>\(cells)\
            <td>\(result.seconds, digits: 1)</td></tr>
            """
    }

    /// How much better or worse the last evaluation is than the model that the run began with.
    private func change(_ last: ValidationResult, _ names: [String]) -> HTML {
        guard let start = report.start, last.step > 0 else { return .empty }
        let cells = names.map { name -> HTML in
            guard let before = start.metrics[name], let now = last.metrics[name] else { return "<td>–</td>" }
            guard name == ValidationMetrics.loss else { return "<td>\(Change(from: before, to: now).html)</td>" }
            let sign: HTML = now >= before ? "+" : "−"
            return
                "<td><span class=\"\(now <= before ? "up" : "down" as HTML)\">\(sign)\(abs(now - before), digits: 3)</span></td>"
        }
        return "<tr><th scope=\"row\">against the start</th>\(cells)<td></td></tr>"
    }
}
