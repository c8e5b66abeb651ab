internal import CLIPImaging
internal import Dispatch
internal import Synchronization

/// How far figures may be off because they were measured on a sample: they are computed again on samples drawn from the
/// sample, with repetition (Efron 1979, percentile intervals).
public struct Bootstrap: Sendable, Hashable {
    /// How often a sample is drawn.
    public var resamples: Int
    /// The seed of the draws.
    public var seed: UInt64

    /// A thousand samples, drawn from a seed.
    public init(resamples: Int = 1000, seed: UInt64 = 0) {
        precondition(resamples > 1, "samples to compare")
        (self.resamples, self.seed) = (resamples, seed)
    }

    /// The middle 95 % of each figure over samples of `count` things. The draws depend on the seed alone.
    ///
    /// - Parameter figures: Figures of a sample, in which each thing occurs as often as its weight says; always as many.
    ///   Called on several threads at a time.
    public func intervals(
        of count: Int, _ figures: @Sendable (_ weights: [Int32]) -> [Double]
    ) -> [ClosedRange<Double>] {
        guard count > 0 else { return [] }
        let all = Mutex([[Double]](repeating: [], count: resamples))
        DispatchQueue.concurrentPerform(iterations: resamples) { index in
            let found = figures(weights(count, index))
            all.withLock { $0[index] = found }
        }
        let samples = all.withLock { $0 }
        return (samples.first ?? []).indices.map { figure in
            Self.middle(samples.map { $0[figure] }.filter { !$0.isNaN })
        }
    }

    private func weights(_ count: Int, _ index: Int) -> [Int32] {
        var generator = SeededGenerator(seed: seed, stream: UInt64(index))
        var weights = [Int32](repeating: 0, count: count)
        for _ in 0..<count { weights[generator.index(below: count)] += 1 }
        return weights
    }

    /// From the 2.5th to the 97.5th percentile, between neighbours in proportion.
    static func middle(_ values: [Double]) -> ClosedRange<Double> {
        let sorted = values.sorted()
        guard let last = sorted.last else { return 0...0 }
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let low = Int(place)
            guard low + 1 < sorted.count else { return last }
            return sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low])
        }
        return quantile(0.025)...quantile(0.975)
    }
}
