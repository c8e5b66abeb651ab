internal import Foundation

/// Whether one model is better than another on the same questions, each of which either answers rightly or not.
public struct PairedComparison: Sendable, Hashable {
    /// The name of the figure, such as `acc1`.
    public let figure: String
    /// The share of right answers of the first and of the second model.
    public let first: Double
    public let second: Double
    /// The 95 % interval of the second's share less the first's, over samples of the questions (paired bootstrap).
    public let difference: ClosedRange<Double>
    /// How many questions the first alone answers rightly, and the second alone.
    public let onlyFirst: Int
    public let onlySecond: Int
    /// How probable a difference as large as this is where both are equally good: McNemar's exact test, two-sided.
    public let pValue: Double

    /// Compares answers to the same questions in the same order.
    public init(_ figure: String, first: [Bool], second: [Bool], bootstrap: Bootstrap = Bootstrap()) {
        precondition(first.count == second.count, "answers to the same questions")
        self.figure = figure
        let total = Double(max(first.count, 1))
        self.first = Double(first.count { $0 }) / total
        self.second = Double(second.count { $0 }) / total
        let changes = zip(first, second).map { ($1 ? 1 : 0) - ($0 ? 1 : 0) }
        difference =
            bootstrap.intervals(of: changes.count) { weights in
                [zip(changes, weights).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / total]
            }.first ?? 0...0
        onlyFirst = changes.count { $0 < 0 }
        onlySecond = changes.count { $0 > 0 }
        pValue = Self.pValue(onlyFirst, onlySecond)
    }

    /// Whether the interval leaves out 0: one of the two is better.
    public var isDecided: Bool { !difference.contains(0) }

    /// The two-sided tail of a binomial distribution of one half.
    private static func pValue(_ one: Int, _ other: Int) -> Double {
        let count = one + other
        guard count > 0 else { return 1 }
        func logFactorial(_ number: Int) -> Double { lgamma(Double(number) + 1) }
        let tail = (0...min(one, other)).reduce(0.0) { sum, right in
            sum + exp(logFactorial(count) - logFactorial(right) - logFactorial(count - right) - Double(count) * log(2))
        }
        return min(1, 2 * tail)
    }
}
