internal import Foundation

/// A diagram of one or several lines as inline SVG.
package struct Curve {
    /// A line of a diagram.
    package struct Line: Sendable {
        let name: String
        let points: [(x: Double, y: Double)]
        let look: Look

        /// A line through points in the order of their x; points that are no finite numbers are left out.
        package init(_ name: String, xs: [Double], ys: [Double], look: Look = .plain) {
            self.name = name
            self.look = look
            points = zip(xs, ys).filter { $0.isFinite && $1.isFinite }.map { (x: $0, y: $1) }
        }
    }

    /// How a line is drawn.
    package enum Look: Sendable {
        case plain
        /// The values thin, and their mean over a fiftieth of the line on top.
        case smoothed
        /// A dot at each point.
        case dotted
        /// Dashes, for a level that others are compared with.
        case level
    }

    private let title: String
    private let unit: String
    private let lines: [Line]
    private let cutsSpikes: Bool

    private static let size = (width: 480.0, height: 250.0)
    private static let margin = (left: 58.0, right: 12.0, top: 14.0, bottom: 40.0)

    /// A diagram from 0, or the lowest value below it.
    ///
    /// - Parameters:
    ///   - unit: What the x axis counts.
    ///   - cutsSpikes: Whether rare values far above the others may leave the diagram.
    package init(title: String, unit: String, lines: [Line], cutsSpikes: Bool = false) {
        self.title = title
        self.unit = unit
        self.lines = lines.filter { !$0.points.isEmpty }
        self.cutsSpikes = cutsSpikes
    }

    /// The diagram; nothing where there is no point.
    package var html: HTML {
        guard let first = lines.first, let start = first.points.first, let end = first.points.last else {
            return .empty
        }
        let axes = Axes(lines, cutsSpikes: cutsSpikes)
        let (width, height) = (Self.size.width, Self.size.height)
        let middle = (Self.margin.left + width - Self.margin.right) / 2
        let drawn = lines.enumerated().map { draw($0.element, number: $0.offset, axes) }
        return """
            <figure class="chart"><figcaption>\(title)\(legend)</figcaption>
            <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(title): from \(Axes.label(start.y)) to \(Axes.label(end.y))">
            \(grid(axes))\(drawn)
            <text class="axis" x="\(middle, digits: 1)" y="\(Int(height) - 4)" text-anchor="middle">\(unit)</text>
            </svg></figure>
            """
    }

    private var legend: HTML {
        guard lines.count > 1 else { return .empty }
        let names = lines.enumerated().map { number, line -> HTML in
            "<span class=\"key k\(number % 6)\"><i class=\"\(line.look == .level ? "dashed" : "solid" as HTML)\"></i>\(line.name)</span>"
        }
        return "<span class=\"keys\">\(names)</span>"
    }

    private func draw(_ line: Line, number: Int, _ axes: Axes) -> HTML {
        let colour: HTML = "k\(number % 6)"
        let points = line.points
        switch line.look {
        case .plain: return "<polyline class=\"line \(colour)\" points=\"\(path(points, axes))\"/>"
        case .level: return "<polyline class=\"line level \(colour)\" points=\"\(path(points, axes))\"/>"
        case .smoothed:
            return """
                <polyline class="raw \(colour)" points="\(path(points, axes))"/>\
                <polyline class="line \(colour)" points="\(path(Self.smoothed(points), axes))"/>
                """
        case .dotted:
            let dots = points.map {
                "<circle class=\"dot \(colour)\" cx=\"\(x($0.x, axes), digits: 1)\" cy=\"\(y($0.y, axes), digits: 1)\" r=\"3\"/>"
                    as HTML
            }
            return "<polyline class=\"line \(colour)\" points=\"\(path(points, axes))\"/>\(dots)"
        }
    }

    /// The mean over a window of a fiftieth of the line, which ends at the point.
    private static func smoothed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        let window = max(1, points.count / 50)
        var sum = 0.0
        return points.indices.map { index in
            sum += points[index].y
            if index >= window { sum -= points[index - window].y }
            return (points[index].x, sum / Double(min(window, index + 1)))
        }
    }

    /// More points than this are left out: the page has no more pixels.
    private static let mostPoints = 500

    private func path(_ points: [(x: Double, y: Double)], _ axes: Axes) -> HTML {
        let every = max(1, points.count / Self.mostPoints)
        let kept = points.indices.filter { $0 % every == 0 || $0 == points.count - 1 }
        return kept.reduce("" as HTML) { path, index in
            "\(path)\(x(points[index].x, axes), digits: 1),\(y(points[index].y, axes), digits: 1) "
        }
    }

    private func grid(_ axes: Axes) -> HTML {
        let (left, right) = (Self.margin.left, Self.size.width - Self.margin.right)
        let rows = axes.rows.map { tick -> HTML in
            let y = y(tick, axes)
            return """
                <line class="grid" x1="\(left, digits: 1)" x2="\(right, digits: 1)" y1="\(y, digits: 1)" y2="\(y, digits: 1)"/>\
                <text class="axis" x="\(left - 8, digits: 1)" y="\(y + 4, digits: 1)" text-anchor="end">\(Axes.label(tick))</text>
                """
        }
        let bottom = Self.size.height - Self.margin.bottom + 18
        let columns = axes.columns.map { tick -> HTML in
            "<text class=\"axis\" x=\"\(x(tick, axes), digits: 1)\" y=\"\(bottom, digits: 1)\" text-anchor=\"middle\">\(Axes.label(tick))</text>"
        }
        return "\(rows)\(columns)"
    }

    private func x(_ value: Double, _ axes: Axes) -> Double {
        Self.margin.left + (Self.size.width - Self.margin.left - Self.margin.right) * value / axes.end
    }

    private func y(_ value: Double, _ axes: Axes) -> Double {
        let share = (min(value, axes.highest) - axes.lowest) / (axes.highest - axes.lowest)
        return Self.margin.top + (Self.size.height - Self.margin.top - Self.margin.bottom) * (1 - share)
    }
}
