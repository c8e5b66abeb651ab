import CLIPEvaluation
import CLIPTensor
import Testing

@Suite struct LBFGSTests {
    /// Σ 100·(y − x²)² + (1 − x)² over pairs (Rosenbrock 1960), whose minimum lies at the end of a bent valley.
    private static func valley(_ point: Tensor) throws -> (value: Double, gradient: Tensor) {
        let numbers = try point.elements(as: Double.self)
        var (value, gradient) = (0.0, [Double](repeating: 0, count: numbers.count))
        for pair in stride(from: 0, to: numbers.count, by: 2) {
            let (x, y) = (numbers[pair], numbers[pair + 1])
            value += 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x)
            gradient[pair] = -400 * x * (y - x * x) - 2 * (1 - x)
            gradient[pair + 1] = 200 * (y - x * x)
        }
        return (value, try Tensor(gradient, shape: [numbers.count]))
    }

    @Test("a bent valley is followed to its end")
    func rosenbrock() throws {
        let point = try Tensor([-1.2, 1, -0.5, 2, 3, -4], shape: [6])
        var solver = LBFGS()
        solver.gradientTolerance = 1e-9
        let outcome = try solver.minimize(point, Self.valley)
        #expect(outcome.isConverged && outcome.value < 1e-12)
        #expect(outcome.iterations > 10 && outcome.iterations < 120)
        #expect(try point.elements(as: Double.self).allSatisfy { abs($0 - 1) < 1e-6 })
    }

    @Test("a search that has used up its iterations says that it has not converged")
    func limit() throws {
        let point = try Tensor([-1.2, 1], shape: [2])
        var solver = LBFGS()
        solver.maximumIterations = 3
        let outcome = try solver.minimize(point, Self.valley)
        #expect(!outcome.isConverged && outcome.iterations == 3)
    }

    @Test("where no step leads downhill, the point stays")
    func wrongGradient() throws {
        let point = try Tensor([1.0, 2], shape: [2])
        let outcome = try LBFGS().minimize(point) { point in
            (try (point * point).sum().scalar(), try point * -2)
        }
        #expect(outcome.value == 5)
        #expect(try point.elements(as: Double.self) == [1, 2])
    }

    @Test("a minimum that the search starts from needs no step")
    func atMinimum() throws {
        let outcome = try LBFGS().minimize(Tensor.ones([4], dtype: .float64), Self.valley)
        #expect(outcome.isConverged && outcome.iterations == 0 && outcome.evaluations == 1)
    }
}
