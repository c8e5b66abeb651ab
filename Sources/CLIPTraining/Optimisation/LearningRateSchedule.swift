#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// The learning rate over a run: a linear rise, then what its shape says.
public struct LearningRateSchedule: Sendable, Hashable {
    /// What follows the rise.
    public enum Shape: Sendable, Hashable {
        /// Half a cosine down to 0 (Loshchilov and Hutter 2017).
        case cosine
        /// The highest rate to the end.
        case constant
        /// The highest rate, and over the last steps a fall to `end`: the share of what is left, to a power (Zhai et al. 2022).
        case constantCooldown(steps: Int, power: Double, end: Double)
    }

    /// The highest rate.
    public var peak: Double
    /// The number of steps of the rise.
    public var warmupSteps: Int
    /// The number of steps of the whole run.
    public var steps: Int
    /// What follows the rise.
    public var shape: Shape

    /// A schedule of a run of `steps` steps.
    public init(peak: Double, warmupSteps: Int, steps: Int, shape: Shape = .cosine) {
        self.peak = peak
        self.warmupSteps = warmupSteps
        self.steps = steps
        self.shape = shape
    }

    /// The rate of a step, counted from 0, as open_clip has it: the first step of the rise is not 0.
    public func rate(at step: Int) -> Double {
        if step < warmupSteps { return peak * Double(step + 1) / Double(warmupSteps) }
        switch shape {
        case .cosine:
            let progress = Double(step - warmupSteps) / Double(max(1, steps - warmupSteps))
            return peak * 0.5 * (1 + cos(.pi * min(1, progress)))
        case .constant: return peak
        case .constantCooldown(let length, let power, let end):
            let start = steps - length
            guard step >= start else { return peak }
            let left = 1 - Double(step - start) / Double(max(1, length))
            return pow(max(0, left), power) * (peak - end) + end
        }
    }
}
