import CLIPPage

/// The latest figures as tiles.
struct FiguresSection {
    private let report: RunReport

    init(_ report: RunReport) { self.report = report }

    var html: HTML {
        let tiles = training + validation
        guard !tiles.isEmpty else { return .empty }
        return """
            <section aria-labelledby="figures"><h2 id="figures" class="hidden">Figures</h2>
            <div class="tiles">\(tiles)</div></section>
            """
    }

    private var training: [HTML] {
        guard let last = report.history.last else { return [] }
        let recent = report.history.lines.suffix(50).map(\.loss)
        let loss = recent.isEmpty ? last.loss : recent.reduce(0, +) / Double(recent.count)
        let chance = report.configuration.chanceLoss(classCount: report.notes.classCount)
        return [
            tile("training loss", "\(loss, digits: 3)", "guessing gives \(chance, digits: 2)"),
            tile(
                "speed", "\(last.pairsPerSecond.rate)",
                "pairs a second; \(last.dataWait.share) of the time waiting for data"),
        ]
    }

    /// The metrics that say most: those of classes and the recalls at the first place.
    private var validation: [HTML] {
        guard let last = report.validations.last else { return [] }
        let shown = ValidationMetrics.names(in: [last]).filter { $0.contains("/") || $0.hasSuffix("@1") }
        return shown.prefix(6).compactMap { name in
            guard let value = last.metrics[name] else { return nil }
            let before = report.start.flatMap { last.step > 0 ? $0.metrics[name] : nil }
            let note: HTML =
                before.map { "at the start \($0.unbrokenPercent), \(Change(from: $0, to: value).html)" }
                ?? "after \(last.step.grouped) steps"
            return """
                <div class="tile"><h3>\(ValidationMetrics.title(name))</h3><p class="big">\(value.unbrokenPercent)</p>
                \(Meter(share: min(max(value, 0), 1), chance: before).html)<p class="note">\(note)</p></div>
                """
        }
    }

    private func tile(_ title: HTML, _ value: HTML, _ note: HTML) -> HTML {
        "<div class=\"tile\"><h3>\(title)</h3><p class=\"big\">\(value)</p><p class=\"note\">\(note)</p></div>"
    }
}

/// A difference with its sign, in percent points.
struct Change {
    private let points: Double

    init(from before: Double, to now: Double) { points = (now - before) * 100 }

    var html: HTML {
        let name: HTML = points >= 0.05 ? "up" : points <= -0.05 ? "down" : "same"
        return "<span class=\"\(name)\">\(points >= 0 ? "+" : "−" as HTML)\(abs(points), digits: 1)</span>"
    }
}

extension Double {
    /// A rate as a person reads it: "12.3", "1,234".
    fileprivate var rate: String { self < 100 ? fixed(1) : Int(min(self, 1e12).rounded()).grouped }
}
