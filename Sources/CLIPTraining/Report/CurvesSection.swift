import CLIPPage

/// The run over its steps.
struct CurvesSection {
    private let report: RunReport

    init(_ report: RunReport) { self.report = report }

    var html: HTML {
        guard report.history.lines.count > 1 else { return .empty }
        let curves = [
            curve("loss", [line("training", \.loss, .smoothed)] + validation(["loss"]) { _ in "validation" }),
            recalls, zeroShot,
            curve("logit scale", [line("scale", \.logitScale)]),
            curve("gradient norm", [line("norm", \.gradientNorm, .smoothed)], cutsSpikes: true),
            curve("learning rate", [line("rate", \.learningRate)]),
            curve("pairs a second", [line("pairs", \.pairsPerSecond)], cutsSpikes: true),
            curve("waiting for data, %", [line("share") { 100 * $0.dataWait }]),
            curve(
                "memory, MB",
                [
                    line("resident") { Double($0.residentBytes) / 1e6 },
                    line("peak", { Double($0.peakBytes) / 1e6 }, .level),
                ]),
            memory,
        ]
        return """
            <section aria-labelledby="curves"><h2 id="curves">The run over its steps</h2>
            <p>Thin lines are single steps, thick ones their mean.</p>
            <div class="charts">\(curves)</div></section>
            """
    }

    private var recalls: HTML {
        let names = ValidationMetrics.names(in: validations).filter { $0.hasSuffix("@1") || $0.hasSuffix("@5") }
        return curve("retrieval on the validation set, %", validation(names, ValidationMetrics.title, isShare: true))
    }

    private var zeroShot: HTML {
        let names = ValidationMetrics.names(in: validations).filter { $0.contains("/") }
        return curve("zero-shot on the validation set, %", validation(names, ValidationMetrics.title, isShare: true))
    }

    /// What batches of other sizes would take, going by what this one took.
    private var memory: HTML {
        let peak = report.history.lines.map(\.peakBytes).max() ?? 0
        guard let curve = report.notes.memory?.beside(peak: Double(peak)) else { return .empty }
        let xs = curve.batches.map(Double.init)
        return Curve(
            title: "memory by batch size, estimated, MB", unit: "pairs in a batch",
            lines: [
                Curve.Line("whole batches", xs: xs, ys: curve.whole.map { $0 / 1e6 }),
                Curve.Line("micro batches of \(curve.microBatchSize)", xs: xs, ys: curve.parts.map { $0 / 1e6 }),
                Curve.Line(
                    "this run's peak, measured", xs: [Double(report.configuration.batchSize)],
                    ys: [Double(peak) / 1e6], look: .dotted),
            ]
        ).html
    }

    private func curve(_ title: String, _ lines: [Curve.Line], cutsSpikes: Bool = false) -> HTML {
        Curve(title: title, unit: "steps", lines: lines, cutsSpikes: cutsSpikes).html
    }

    private func line(_ name: String, _ value: (MetricsLine) -> Double, _ look: Curve.Look = .plain) -> Curve.Line {
        let lines = report.history.lines
        return Curve.Line(name, xs: lines.map { Double($0.step) }, ys: lines.map(value), look: look)
    }

    /// What was measured on the set that was the last one: another one's curve is no part of its.
    private var validations: [ValidationResult] { ValidationResult.ofLastSet(report.validations) }

    private func validation(
        _ names: [String], _ title: (String) -> String, isShare: Bool = false
    ) -> [Curve.Line] {
        names.map { name in
            let found = validations.compactMap { result in result.metrics[name].map { (result.step, $0) } }
            return Curve.Line(
                title(name), xs: found.map { Double($0.0) }, ys: found.map { isShare ? 100 * $0.1 : $0.1 },
                look: .dotted)
        }
    }
}
