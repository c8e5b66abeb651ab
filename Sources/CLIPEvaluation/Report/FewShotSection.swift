package import CLIPPage

/// What few-shot methods have to show: accuracy against the number of images a class.
package struct FewShotSection {
    private let result: FewShotStudy.Result
    private let model: String
    private let dataset: String

    package init(_ result: FewShotStudy.Result, model: String, dataset: String) {
        (self.result, self.model, self.dataset) = (result, model, dataset)
    }

    /// The section; `number` tells it from others on the page.
    package func html(_ number: Int) -> HTML {
        """
        <section aria-labelledby="few-shot-\(number)"><h2 id="few-shot-\(number)">Few shots of \(model)</h2>
        <p>The accuracy on \(dataset) after learning from so many images a class: the mean over
        \(result.outcomes.first?.accuracies.count ?? 0) samples and its deviation. Nothing was chosen by these images.</p>
        <div class="charts">\(chart)</div>\(table)</section>
        """
    }

    private var methods: [String] {
        result.outcomes.reduce(into: []) { if !$0.contains($1.method) { $0.append($1.method) } }
    }

    private var shots: [Int] { Set(result.outcomes.map(\.shots)).sorted() }

    private var chart: HTML {
        let lines = methods.map { method -> Curve.Line in
            let own = result.outcomes.filter { $0.method == method }
            return Curve.Line(
                method, xs: own.map { Double($0.shots) }, ys: own.map { $0.mean * 100 }, look: .dotted)
        }
        let level = Curve.Line(
            "without training", xs: [0, Double(shots.last ?? 1)], ys: [result.zeroShot * 100, result.zeroShot * 100],
            look: .level)
        return Curve(title: "Accuracy in %", unit: "images a class", lines: lines + [level]).html
    }

    private var table: HTML {
        let heads = shots.map { "<th scope=\"col\">\($0)</th>" as HTML }
        let rows = methods.map { method -> HTML in
            let cells = shots.map { count -> HTML in
                guard let found = result.outcomes.first(where: { $0.method == method && $0.shots == count }) else {
                    return "<td></td>"
                }
                return """
                    <td><strong>\(found.mean.unbrokenPercent)</strong><br>\
                    <span class="score">± \(found.deviation * 100, digits: 1)</span></td>
                    """
            }
            return "<tr><th scope=\"row\">\(method)</th>\(cells)</tr>"
        }
        let zero = shots.map { _ in "<td>\(result.zeroShot.unbrokenPercent)</td>" as HTML }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="few shots"><table class="figures">
            <thead><tr><th scope="col">images a class</th>\(heads)</tr></thead>
            <tbody><tr><th scope="row">without training</th>\(zero)</tr>\(rows)</tbody></table></div>
            """
    }
}
