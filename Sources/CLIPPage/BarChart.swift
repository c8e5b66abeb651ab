/// Counts as bars, side by side, as inline SVG.
package struct BarChart {
    private let title: String
    private let counts: [Int]
    private let first: Int
    private let step: Int
    private let note: String
    private let last: Int

    private let width = 480.0
    private let height = 170.0
    private let foot = 24.0

    /// A chart whose bars count values from `first` to `last`, each for a range of `step`.
    package init(title: String, counts: [Int], values: ClosedRange<Int>, step: Int, note: String) {
        (self.title, self.counts, self.step, self.note) = (title, counts, step, note)
        (first, last) = (values.lowerBound, values.upperBound)
    }

    /// The chart.
    package var html: HTML {
        """
        <figure class="chart"><figcaption>\(title)</figcaption>
        <svg class="bars" viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(title): \(note)">
        \(bars)
        <text class="axis" x="2" y="\(Int(height) - 6)">\(first)</text>
        <text class="axis" x="\(Int(width) - 2)" y="\(Int(height) - 6)" text-anchor="end">\(last)</text>
        </svg><p class="note">\(note)</p></figure>
        """
    }

    private var bars: [HTML] {
        let slot = width / Double(max(counts.count, 1))
        let highest = Double(max(counts.max() ?? 1, 1))
        return counts.enumerated().filter { $0.element > 0 }.map { index, count in
            // A bar of few stays visible beside one of many.
            let length = max((height - foot - 8) * Double(count) / highest, 1.5)
            let low = first + index * step
            let range = step == 1 ? "\(low)" : "\(low)–\(min(low + step - 1, last))"
            return """
                <rect x="\(Double(index) * slot + 0.5, digits: 1)" y="\(height - foot - length, digits: 1)" \
                width="\(max(slot - 1, 0.5), digits: 1)" height="\(length, digits: 1)"><title>\(range): \(count.grouped)</title></rect>
                """
        }
    }
}
