import CLIPEvaluation
import Testing

@Suite struct PairedComparisonTests {
    @Test("McNemar's exact test counts the questions that one model alone answers")
    func mcNemar() {
        // 1 against 9 of 10: 2 · (1 + 10) / 2¹⁰.
        let first = [true] + [Bool](repeating: false, count: 9) + [Bool](repeating: true, count: 90)
        let second = [false] + [Bool](repeating: true, count: 9) + [Bool](repeating: true, count: 90)
        let comparison = PairedComparison("acc1", first: first, second: second)
        #expect(comparison.onlyFirst == 1 && comparison.onlySecond == 9)
        #expect(abs(comparison.pValue - 22.0 / 1024) < 1e-12)
        #expect(abs(comparison.second - comparison.first - 0.08) < 1e-12)
        #expect(comparison.difference.contains(0.08) && comparison.isDecided)
    }

    @Test("equal answers show no difference")
    func equal() {
        let answers = (0..<50).map { $0 % 3 == 0 }
        let comparison = PairedComparison("acc1", first: answers, second: answers)
        #expect(comparison.pValue == 1 && comparison.difference == 0...0 && !comparison.isDecided)
        #expect(PairedComparison("acc1", first: [], second: []).pValue == 1)
    }
}
