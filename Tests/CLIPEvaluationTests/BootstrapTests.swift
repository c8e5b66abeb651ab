import CLIPEvaluation
import Foundation
import Testing

@Suite struct BootstrapTests {
    /// The share of ones under weights.
    private static func share(_ values: [Int], _ weights: [Int32]) -> Double {
        let total = weights.reduce(0) { $0 + Int($1) }
        return Double(zip(values, weights).reduce(0) { $0 + $1.0 * Int($1.1) }) / Double(total)
    }

    @Test("the interval of a share has the width that the binomial distribution gives it")
    func binomial() throws {
        let values = (0..<400).map { $0 % 4 == 0 ? 1 : 0 }
        let interval = try #require(Bootstrap(resamples: 4000).intervals(of: 400) { [Self.share(values, $0)] }.first)
        // 1.96 · √(p·(1 − p) / n) on both sides of p = 1/4.
        let half = 1.96 * (0.25 * 0.75 / 400).squareRoot()
        #expect(abs(interval.lowerBound - (0.25 - half)) < 0.006 && abs(interval.upperBound - (0.25 + half)) < 0.006)
    }

    @Test("draws depend on the seed alone, and each draws as many as there are")
    func seeds() {
        func intervals(_ seed: UInt64) -> [ClosedRange<Double>] {
            Bootstrap(resamples: 100, seed: seed).intervals(of: 37) { weights in
                #expect(weights.reduce(0, +) == 37)
                return [Self.share((0..<37).map { $0 % 2 }, weights)]
            }
        }
        #expect(intervals(1) == intervals(1))
        #expect(intervals(1) != intervals(2))
    }

    @Test("what never changes has an interval of no width, and of nothing there is none")
    func constant() {
        #expect(Bootstrap().intervals(of: 5) { _ in [0.5, 1] } == [0.5...0.5, 1...1])
        #expect(Bootstrap().intervals(of: 0) { _ in [0.5] }.isEmpty)
    }
}
