#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// The learning rate over a run: a linear rise, then half a cosine down (Loshchilov and Hutter 2017).
public struct LearningRateSchedule: Sendable, Hashable {
    /// The highest rate.
    public var peak: Double
    /// The number of steps of the rise.
    public var warmupSteps: Int
    /// The number of steps of the whole run.
    public var steps: Int

    /// A schedule of a run of `steps` steps.
    public init(peak: Double, warmupSteps: Int, steps: Int) {
        self.peak = peak
        self.warmupSteps = warmupSteps
        self.steps = steps
    }

    /// The rate of a step, counted from 0, as open_clip has it: the first step of the rise is not 0.
    public func rate(at step: Int) -> Double {
        if step < warmupSteps { return peak * Double(step + 1) / Double(warmupSteps) }
        let progress = Double(step - warmupSteps) / Double(max(1, steps - warmupSteps))
        return peak * 0.5 * (1 + cos(.pi * min(1, progress)))
    }
}
