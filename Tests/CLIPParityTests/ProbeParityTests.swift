import CLIP
import CLIPEvaluation
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

/// Logistic regression held against scikit-learn's.
@Suite(
    "Linear probes are scikit-learn's",
    .enabled(if: PythonReference.isPresent && PythonReference.has("sklearn"), "\(PythonReference.reason)"))
struct ProbeParityTests {
    private struct Expected: Decodable {
        let lambda: Double
        let iterations: Int
        let objective: Double
        let minimum: Double
        let accuracy: Double
    }

    @Test("Each penalty gives scikit-learn's minimum, and its accuracy within a tenth of a point")
    func fits() throws {
        let folder = try TemporaryFolder()
        try PythonReference.run("probe.py", [folder.url.path])
        for name in ["many", "wide", "two"] {
            let file = try Safetensors(opening: folder.path("\(name).safetensors"))
            let (train, validation) = try (Self.features("train", file), Self.features("validation", file))
            let (regression, exact) = try (
                LogisticRegression(train), LogisticRegression(train, dtype: .float64)
            )
            let expected = try JSONDecoder().decode(
                [Expected].self, from: Data(contentsOf: folder.url.appending(path: "\(name).json")))
            for (index, one) in expected.enumerated() {
                let fit = try regression.fit(lambda: one.lambda)
                let accuracy = try fit.accuracy(on: validation)
                #expect(fit.isConverged, "\(name) λ \(one.lambda)")
                #expect(abs(accuracy - one.accuracy) <= 0.001, "\(name) λ \(one.lambda)")
                // Both stop where no slope of the mean is above 1e-4; neither may be farther from the minimum than that allows.
                let slack = max(1e-3 * one.minimum, 2 * abs(one.objective - one.minimum))
                #expect(fit.objective - one.minimum < slack, "\(name) λ \(one.lambda)")
                try Self.compareMinimum(exact, one, index, file)
            }
        }
    }

    /// Goes on to the minimum, where it is well enough defined that both can reach it.
    private static func compareMinimum(
        _ regression: LogisticRegression, _ one: Expected, _ index: Int, _ file: Safetensors
    ) throws {
        guard one.lambda >= 1e-2 else { return }
        var regression = regression
        regression.solver.gradientTolerance = 1e-9
        let fit = try regression.fit(lambda: one.lambda)
        #expect(abs(fit.objective - one.minimum) < 1e-6 * one.minimum, "λ \(one.lambda)")
        let expected = try file.tensor("minimum.\(index)").elements(as: Double.self)
        let found = fit.weights.values.suffix(expected.count).map(Double.init)
        let largest = expected.map(abs).max() ?? 0
        let apart = zip(expected, found).map { abs($0 - $1) }.max() ?? .infinity
        #expect(apart < 1e-3 * largest, "λ \(one.lambda)")
    }

    static func features(_ name: String, _ file: Safetensors) throws -> LabelledFeatures {
        let rows = try file.tensor(name)
        let labels = try file.tensor("\(name)_labels").elements(as: Int64.self).map(Int.init)
        return try LabelledFeatures(
            Embeddings(width: rows.size(1), values: rows.elements()), labels: labels,
            classes: (0...(labels.max() ?? 0)).map(String.init))
    }
}
