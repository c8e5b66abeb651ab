internal import CLIPPage
internal import CLIPTraining

/// The curves of the loss and of the logit scale.
struct LossSection {
    private let history: [MetricsLine]

    init(_ history: [MetricsLine]) {
        self.history = history.filter { $0.loss.isFinite && $0.logitScale.isFinite }
    }

    var html: HTML {
        guard let last = history.last, history.count > 1 else { return .empty }
        let xs = history.map { Double($0.pairs) / 1000 }
        let unit = "thousand pairs"
        let losses = Curve(
            title: "loss", unit: unit, lines: [.init("loss", xs: xs, ys: history.map(\.loss), look: .smoothed)])
        let scales = Curve(
            title: "logit scale", unit: unit, lines: [.init("scale", xs: xs, ys: history.map(\.logitScale))])
        let end = Double(history.suffix(50).map(\.loss).reduce(0, +)) / Double(min(50, history.count))
        return """
            <section aria-labelledby="loss"><h2 id="loss">Learning</h2>
            <p>How surprised the model was by which caption belongs to which picture of a batch, and how sharply it told
            similar from dissimilar. It jumps where more kinds of things come in. The loss ended at \(end, digits: 2), the scale at \(last.logitScale, digits: 1).</p>
            <div class="charts">\(losses.html)\(scales.html)</div></section>
            """
    }
}
