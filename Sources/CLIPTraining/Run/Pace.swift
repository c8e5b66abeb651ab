/// Measures how fast a run goes.
struct Pace {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant
    private var lastWaited = Duration.zero
    /// Seconds a pair, and the share of waiting, smoothed over about twenty steps.
    private var smoothed: (secondsPerPair: Double, dataWait: Double)?
    /// The share of the last step's time that was spent waiting for its batch.
    private(set) var dataWait = 0.0

    init() {
        start = clock.now
        last = start
    }

    /// Leaves out the time since the last step, which was spent on something else than steps.
    mutating func pause() { last = clock.now }

    /// The line of a step that has just ended; `waited` is the loader's time over the whole run.
    mutating func line(_ metrics: StepMetrics, step: Int, pairs: Int, batchSize: Int, waited: Duration) -> MetricsLine {
        let now = clock.now
        let seconds = max((now - last) / .seconds(1), 1e-9)
        dataWait = min(1, max(0, (waited - lastWaited) / .seconds(1) / seconds))
        (last, lastWaited) = (now, waited)
        let current = (secondsPerPair: seconds / Double(batchSize), dataWait: dataWait)
        let before = smoothed ?? current
        let mean = (
            secondsPerPair: before.secondsPerPair * 0.95 + current.secondsPerPair * 0.05,
            dataWait: before.dataWait * 0.95 + current.dataWait * 0.05
        )
        smoothed = mean
        let resident = MemoryUse.resident
        return MetricsLine(
            step: step, pairs: pairs, loss: metrics.loss, logitScale: metrics.logitScale,
            learningRate: metrics.learningRate, gradientNorm: metrics.gradientNorm,
            seconds: (now - start) / .seconds(1), pairsPerSecond: 1 / mean.secondsPerPair, dataWait: mean.dataWait,
            residentBytes: resident, peakBytes: max(resident, MemoryUse.peak))
    }
}
