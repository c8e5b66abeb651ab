internal import Foundation

/// What a diagram's axes span.
struct Axes {
    let lowest: Double
    let highest: Double
    /// Where the x axis, which begins at 0, ends.
    let end: Double

    init(_ lines: [Curve.Line], cutsSpikes: Bool) {
        let ys = lines.flatMap { $0.points.map(\.y) }.sorted()
        lowest = min(0, ys.first ?? 0)
        let top = ys.last ?? 1
        let usual = ys.isEmpty ? 1 : ys[(ys.count - 1) * 98 / 100]
        let high = cutsSpikes ? min(top, 1.5 * usual) : top
        highest = high > lowest ? high : lowest + 1
        end = max(lines.compactMap { $0.points.last?.x }.max() ?? 1, 1e-9)
    }

    var rows: [Double] { Self.ticks(upTo: highest, about: 5) }
    var columns: [Double] { Self.ticks(upTo: end, about: 6) }

    /// Round numbers from 0, about so many.
    static func ticks(upTo end: Double, about count: Int) -> [Double] {
        guard end > 0, end.isFinite else { return [0] }
        let rough = end / Double(count)
        let power = pow(10, Foundation.floor(log10(rough)))
        guard power > 0, power.isFinite else { return [0] }
        let step = power * ([1, 2, 5].first { $0 * power >= rough } ?? 10)
        return Array(stride(from: 0, through: end, by: step))
    }

    /// A number as an axis shows it: "1200", "12k", "0.5", "2e-5".
    static func label(_ value: Double) -> String {
        let size = abs(value)
        if size >= 1e15 { return String(format: "%.0e", value) }
        if size >= 10_000, value.truncatingRemainder(dividingBy: 1000) == 0 { return "\(Int(value / 1000))k" }
        if value == value.rounded() { return String(Int(value)) }
        if size < 0.001 { return String(format: "%.2g", value).replacing("e-0", with: "e-") }
        return String(format: size < 1 ? "%.3g" : size < 100 ? "%.2f" : "%.1f", value).withoutTrailingZeros
    }
}

extension String {
    fileprivate var withoutTrailingZeros: String {
        guard contains(".") else { return self }
        var text = self
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }
}
