internal import CLIPPage
internal import CLIPTraining
internal import Foundation

/// The curves of the loss and of the logit scale.
struct LossSection {
    private let history: [MetricsLine]

    init(_ history: [MetricsLine]) {
        self.history = history.filter { $0.loss.isFinite && $0.logitScale.isFinite }
    }

    var html: HTML {
        guard let last = history.last, history.count > 1 else { return .empty }
        let losses = Curve(
            title: "loss", unit: "thousand pairs", xs: history.map(thousands), ys: history.map(\.loss),
            floor: 0, isSmoothed: true)
        let scales = Curve(
            title: "logit scale", unit: "thousand pairs", xs: history.map(thousands), ys: history.map(\.logitScale),
            floor: 0, isSmoothed: false)
        let end = Double(history.suffix(50).map(\.loss).reduce(0, +)) / Double(min(50, history.count))
        return """
            <section aria-labelledby="loss"><h2 id="loss">Learning</h2>
            <p>How surprised the model was by which caption belongs to which picture of a batch, and how sharply it told
            similar from dissimilar. It jumps where more kinds of things come in. The loss ended at \(end, digits: 2), the scale at \(last.logitScale, digits: 1).</p>
            <div class="charts">\(losses.html)\(scales.html)</div></section>
            """
    }

    private func thousands(_ line: MetricsLine) -> Double { Double(line.pairs) / 1000 }
}

/// A curve as inline SVG.
struct Curve {
    let title: String
    let unit: String
    let xs: [Double]
    let ys: [Double]
    let floor: Double
    let isSmoothed: Bool

    private let width = 480.0
    private let height = 250.0
    private let left = 46.0
    private let right = 12.0
    private let top = 14.0
    private let bottom = 40.0

    /// More points than this are merged: the page has no more pixels.
    private static let mostPoints = 500

    init(title: String, unit: String, xs: [Double], ys: [Double], floor: Double, isSmoothed: Bool) {
        (self.title, self.unit, self.xs, self.ys, self.floor) = (title, unit, xs, ys, floor)
        self.isSmoothed = isSmoothed
    }

    var html: HTML {
        let first = ys.first ?? 0
        let last = ys.last ?? 0
        return """
            <figure class="chart"><figcaption>\(title)</figcaption>
            <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(title) over the run: from \(first, digits: 2) to \(last, digits: 2)">
            \(grid)\(lines)
            <text class="axis" x="\((left + width - right) / 2, digits: 1)" y="\(Int(height) - 4)" text-anchor="middle">\(unit)</text>
            </svg></figure>
            """
    }

    private var lines: HTML {
        guard isSmoothed else { return "<polyline class=\"line\" points=\"\(points(ys))\"/>" }
        return """
            <polyline class="raw" points="\(points(ys))"/><polyline class="line" points="\(points(smoothed))"/>
            """
    }

    /// The mean over a window of a fiftieth of the run, which ends at the step.
    private var smoothed: [Double] {
        let window = max(1, ys.count / 50)
        var sum = 0.0
        return ys.indices.map { index in
            sum += ys[index]
            if index >= window { sum -= ys[index - window] }
            return sum / Double(min(window, index + 1))
        }
    }

    private func points(_ values: [Double]) -> HTML {
        let every = max(1, values.count / Self.mostPoints)
        let kept = values.indices.filter { $0 % every == 0 || $0 == values.count - 1 }
        return kept.map { "\(x(xs[$0]), digits: 1),\(y(values[$0]), digits: 1) " as HTML }.reduce(.empty) {
            "\($0)\($1)"
        }
    }

    private var grid: HTML {
        let rows = Self.ticks(upTo: highest, about: 5).map { tick -> HTML in
            """
            <line class="grid" x1="\(left, digits: 1)" x2="\(width - right, digits: 1)" y1="\(y(tick), digits: 1)" y2="\(y(tick), digits: 1)"/>\
            <text class="axis" x="\(left - 8, digits: 1)" y="\(y(tick) + 4, digits: 1)" text-anchor="end">\(Self.label(tick))</text>
            """
        }
        let columns = Self.ticks(upTo: xs.last ?? 1, about: 6).map { tick -> HTML in
            "<text class=\"axis\" x=\"\(x(tick), digits: 1)\" y=\"\(height - bottom + 18, digits: 1)\" text-anchor=\"middle\">\(Self.label(tick))</text>"
        }
        return "\(rows)\(columns)"
    }

    private var highest: Double { max(ys.max() ?? 1, floor + 1e-6) }

    private func x(_ value: Double) -> Double { left + (width - left - right) * value / max(xs.last ?? 1, 1e-9) }

    private func y(_ value: Double) -> Double {
        top + (height - top - bottom) * (1 - (value - floor) / (highest - floor))
    }

    /// Round numbers from 0, about so many.
    static func ticks(upTo end: Double, about count: Int) -> [Double] {
        guard end > 0, end.isFinite else { return [0] }
        let rough = end / Double(count)
        let power = pow(10, Foundation.floor(log10(rough)))
        let step = power * ([1, 2, 5].first { $0 * power >= rough } ?? 10)
        return Array(stride(from: 0, through: end, by: step))
    }

    private static func label(_ tick: Double) -> String {
        tick == tick.rounded() ? String(Int(tick)) : tick.fixed(tick < 0.1 ? 2 : 1)
    }
}
