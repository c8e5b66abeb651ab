internal import CLIPImaging
package import CLIPPage

/// What a robustness evaluation has to show: accuracy against the strength of each damage, and sentence by sentence.
package struct RobustnessSection {
    private let answer: RobustnessTask.Answer
    private let model: String
    private let dataset: String

    package init(_ answer: RobustnessTask.Answer, model: String, dataset: String) {
        (self.answer, self.model, self.dataset) = (answer, model, dataset)
    }

    /// The section; `number` tells it from others on the page.
    package func html(_ number: Int) -> HTML {
        """
        <section aria-labelledby="robustness-\(number)"><h2 id="robustness-\(number)">Robustness of \(model)</h2>
        <p>The accuracy on \(dataset), which is \(answer.clean.value.unbrokenPercent) on the images as they are.</p>
        <div class="charts">\(chart)</div>\(table)
        <h3>With a wrong word on the image</h3>
        <p>\(answer.attacked.unbrokenPercent) are still classified rightly; \(answer.deceived.unbrokenPercent) are taken for what the
        word says.</p>
        <h3>Sentence by sentence</h3>\(sentences)</section>
        """
    }

    private func accuracies(_ kind: ImageCorruption.Kind) -> [Double] {
        answer.corruptions.filter { $0.corruption.kind == kind }.map(\.accuracy)
    }

    private static func name(_ kind: ImageCorruption.Kind) -> String {
        kind == .jpeg ? "JPEG" : kind.rawValue.replacing("_", with: " ")
    }

    private var chart: HTML {
        let lines = ImageCorruption.Kind.allCases.map { kind -> Curve.Line in
            let all = [answer.clean.value] + accuracies(kind)
            return Curve.Line(
                Self.name(kind), xs: all.indices.map(Double.init), ys: all.map { $0 * 100 }, look: .dotted)
        }
        return Curve(title: "Accuracy in %", unit: "strength", lines: lines).html
    }

    private var table: HTML {
        let heads = ImageCorruption.severities.map { "<th scope=\"col\">\($0)</th>" as HTML }
        let rows = ImageCorruption.Kind.allCases.map { kind -> HTML in
            let cells = accuracies(kind).map { "<td>\($0.unbrokenPercent)</td>" as HTML }
            return """
                <tr><th scope="row">\(Self.name(kind))</th>\(cells)<td><strong>\(answer.mean(kind).unbrokenPercent)</strong></td></tr>
                """
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="spoiled images"><table class="figures">
            <thead><tr><th scope="col">strength</th>\(heads)<th scope="col">mean</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private var sentences: HTML {
        let rows = answer.sentences.sorted { $0.accuracy > $1.accuracy }.map { entry -> HTML in
            "<tr><th scope=\"row\">\(entry.template)</th><td>\(entry.accuracy.unbrokenPercent)</td></tr>"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="sentences"><table class="figures">
            <thead><tr><th scope="col">sentence</th><th scope="col">accuracy</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }
}
