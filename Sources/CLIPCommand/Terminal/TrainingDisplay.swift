internal import CLIPData
internal import CLIPTensor
internal import CLIPTraining
internal import Foundation
internal import Synchronization

/// A training run as the terminal shows it: a bar while it goes on, and what was passed over at the end.
enum TrainingDisplay {
    /// Trains and shows the progress on standard error.
    static func train(
        _ run: TrainingRun, isResuming: Bool = false, replacesOldRun: Bool = false
    ) async throws -> TrainingRun.Outcome {
        let bar = TrainingBar()
        let outcome: TrainingRun.Outcome
        do {
            outcome = try await run.train(
                isResuming: isResuming, replacesOldRun: replacesOldRun, onNotice: bar.note
            ) { bar.show($0) }
        } catch {
            bar.finish()
            throw error
        }
        bar.finish()
        describe(outcome)
        return outcome
    }

    /// Takes the first steps of a run and shows the progress on standard error.
    static func examine(_ run: TrainingRun) async throws -> Examination {
        let bar = TrainingBar(title: "examining", tellsFindings: false)
        defer { bar.finish() }
        return try await run.examine { bar.show($0) }
    }

    private static func describe(_ outcome: TrainingRun.Outcome) {
        let report = outcome.report
        let pairs = outcome.pairs - outcome.earlierPairs
        let rate = outcome.seconds > 0 ? Double(pairs) / outcome.seconds : 0
        Console.note(
            String(
                format: "trained %d steps on %d pairs in %.0f s (%.0f pairs/s, %.1f s waiting for data)", outcome.steps,
                outcome.pairs, outcome.seconds, rate, report.waited / .seconds(1)))
        if report.truncated > 0 { Console.note("\(report.truncated) captions were longer than the context and cut") }
        Console.note(passedOver: report.bad, "samples")
        Console.note(passedOver: outcome.skipped, "entries of the data")
    }
}

/// The bar of a run: it counts steps, and shows the figures of the last one behind them. What was measured and what the
/// doctor found stand above it.
final class TrainingBar: Sendable {
    private let bar = Mutex<ProgressBar?>(nil)
    private let title: String
    private let tellsFindings: Bool

    init(title: String = "training", tellsFindings: Bool = true) {
        self.title = title
        self.tellsFindings = tellsFindings
    }

    func show(_ progress: TrainingRun.Progress) {
        let bar = current(steps: progress.steps, before: progress.metrics.step - 1)
        bar.advance(detail: Self.figures(progress.metrics))
        for result in progress.validations { bar.note(result.line(start: progress.start)) }
        guard tellsFindings else { return }
        for finding in progress.findings { bar.note("warning: \(finding)") }
    }

    /// Shows a line that is not about a step.
    func note(_ line: String) {
        bar.withLock { bar in
            if let bar { bar.note(line) } else { Console.note(line) }
        }
    }

    func finish() { bar.withLock { $0?.finish() } }

    private static func figures(_ line: MetricsLine) -> String {
        String(
            format: "loss %.3f  grad %.2g  scale %.1f  %.0f pairs/s  data %.0f%%  %.0f MB (peak %.0f)", line.loss,
            line.gradientNorm, line.logitScale, line.pairsPerSecond, line.dataWait * 100,
            Double(line.residentBytes) / 1e6, Double(line.peakBytes) / 1e6)
    }

    private func current(steps: Int, before step: Int) -> ProgressBar {
        bar.withLock { bar in
            if let bar { return bar }
            let made = ProgressBar(title, total: steps - step, unit: "steps")
            bar = made
            return made
        }
    }
}
