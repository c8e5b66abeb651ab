internal import CLIPData
internal import CLIPTensor
internal import CLIPTraining
internal import Foundation
internal import Synchronization

/// A training run as the terminal shows it: a bar while it goes on, and what was passed over at the end.
enum TrainingDisplay {
    /// Trains and shows the progress on standard error.
    static func train(
        _ configuration: TrainingConfiguration, device: Device, isResuming: Bool = false, replacesOldRun: Bool = false
    ) async throws -> TrainingRun.Outcome {
        let bar = TrainingBar()
        let outcome: TrainingRun.Outcome
        do {
            outcome = try await TrainingRun(configuration, device: device)
                .train(isResuming: isResuming, replacesOldRun: replacesOldRun) { bar.show($0) }
        } catch {
            bar.finish()
            throw error
        }
        bar.finish()
        describe(outcome)
        return outcome
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
        name(report.firstBad, of: report.badCount, "samples")
        name(outcome.skipped.first, of: outcome.skipped.count, "entries of the data")
    }

    private static func name(_ first: [BadSample], of count: Int, _ what: String) {
        guard count > 0 else { return }
        Console.note("\(count) \(what) were passed over, the first of them:")
        for sample in first { Console.note("  \(sample)") }
    }
}

/// The bar of a run: it counts pairs, and shows loss and logit scale behind them.
final class TrainingBar: Sendable {
    private let bar = Mutex<ProgressBar?>(nil)

    func show(_ progress: TrainingRun.Progress) {
        let metrics = progress.metrics
        let text = String(
            format: "loss %.3f  scale %.1f  %.0f pairs/s", metrics.loss, metrics.logitScale, progress.pairsPerSecond)
        current(steps: progress.steps, before: metrics.step - 1).advance(detail: text)
    }

    func finish() { bar.withLock { $0?.finish() } }

    private func current(steps: Int, before step: Int) -> ProgressBar {
        bar.withLock { bar in
            if let bar { return bar }
            let made = ProgressBar("training", total: steps - step, unit: "steps")
            bar = made
            return made
        }
    }
}
