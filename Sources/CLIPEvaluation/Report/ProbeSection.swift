package import CLIPPage
internal import Foundation

/// What a linear probe has to show: how its accuracy depends on the penalty.
package struct ProbeSection {
    private let probe: LinearProbe
    private let model: String
    private let dataset: String
    private let training: Int

    /// - Parameter training: The number of training images.
    package init(_ probe: LinearProbe, model: String, dataset: String, training: Int) {
        (self.probe, self.model, self.dataset, self.training) = (probe, model, dataset, training)
    }

    /// The section; `number` tells it from others on the page.
    package func html(_ number: Int) -> HTML {
        let rows = probe.trials.map { trial -> HTML in
            let isBest = trial.lambda == probe.fit.lambda
            return """
                <tr><th scope="row">\(String(format: "%.3g", trial.lambda))</th>
                <td\(isBest ? " class=\"best\"" : "" as HTML)>\(trial.accuracy.unbrokenPercent)</td>
                <td>\(trial.iterations.grouped)\(trial.isConverged ? "" : ", not converged" as HTML)</td></tr>
                """
        }
        return """
            <section aria-labelledby="probe-\(number)"><h2 id="probe-\(number)">Linear probe of \(model)</h2>
            <p>Learned from \(training.grouped) images; the penalty was chosen by the accuracy on images for validation, and
            \(dataset) was looked at once.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="penalties"><table class="figures">
            <thead><tr><th scope="col">penalty</th><th scope="col">accuracy, validation</th><th scope="col">steps</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></section>
            """
    }
}
