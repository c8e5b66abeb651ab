/// The metrics of a run, thinned to as many lines as a diagram has use for.
package struct MetricsHistory {
    /// No more lines are kept.
    private static let limit = 4000

    package private(set) var lines: [MetricsLine] = []
    /// How many steps a line stands for.
    private var stride = 1
    /// The steps that make the next line.
    private var waiting: [MetricsLine] = []

    package init(_ lines: [MetricsLine] = []) {
        for line in lines { append(line) }
    }

    package mutating func append(_ line: MetricsLine) {
        waiting.append(line)
        guard waiting.count >= stride else { return }
        lines.append(Self.mean(waiting))
        waiting = []
        guard lines.count >= Self.limit else { return }
        lines = Swift.stride(from: 0, to: lines.count - 1, by: 2).map { Self.mean(Array(lines[$0...$0 + 1])) }
        stride *= 2
    }

    /// The last step of the run.
    package var last: MetricsLine? { waiting.last ?? lines.last }

    /// The last line with the mean of what jumps from step to step.
    private static func mean(_ lines: [MetricsLine]) -> MetricsLine {
        guard var result = lines.last else { preconditionFailure("the mean of at least one line") }
        let count = Double(lines.count)
        result.loss = lines.map(\.loss).reduce(0, +) / count
        result.gradientNorm = lines.map(\.gradientNorm).reduce(0, +) / count
        return result
    }
}
