import CLIP
import CLIPEvaluation
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

/// The formulas of few-shot methods held against NumPy's and torch's in 64 bits.
@Suite("Few-shot formulas are the papers'", .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
struct FewShotParityTests {
    private let file: Safetensors
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try PythonReference.run("few_shot.py", [folder.url.path])
        file = try Safetensors(opening: folder.path("few_shot.safetensors"))
    }

    private func tensor(_ name: String) throws -> Tensor { try file.tensor(name).cast(to: .float32) }

    /// The largest difference from a tensor of the file, relative to its largest element.
    private func distance(_ found: Tensor, _ name: String) throws -> Double {
        let expected = try file.tensor(name)
        #expect(found.shape == expected.shape)
        let apart = try (found.cast(to: .float64) - expected).absolute().maximum().scalar()
        return try apart / expected.absolute().maximum().scalar()
    }

    @Test("The logits of Tip-Adapter")
    func cache() throws {
        for (name, scale, alpha, beta) in [("tip.0", 100.0, 1.0, 5.5), ("tip.1", 14.3, 7.5, 0.3)] {
            let logits = try CacheLogits(
                text: tensor("text"), scale: scale, keys: tensor("keys"), values: tensor("values"), alpha: alpha,
                beta: beta)
            #expect(try distance(logits(tensor("images")), name) < 1e-6)
        }
    }

    @Test("The logits of CLIP-Adapter")
    func residual() throws {
        let logits = try ResidualLogits(
            text: tensor("text"), scale: 100, down: tensor("down"), up: tensor("up"), ratio: 0.2)
        #expect(try distance(logits(tensor("images")), "residual") < 1e-6)
    }

    @Test("The rates, the start, the objective of each step and the end of LP++")
    func descent() throws {
        var descent = try BlendedDescent(
            images: tensor("keys"), targets: file.tensor("labels"), text: tensor("text"), momentum: 0.9)
        let rates = try file.tensor("lp.rates").elements(as: Double.self)
        #expect(abs(descent.visualRate / rates[0] - 1) < 1e-5 && abs(descent.multiplierRate / rates[1] - 1) < 1e-5)
        #expect(try distance(descent.multipliers, "lp.start") < 1e-5)
        for (index, expected) in try file.tensor("lp.objectives").elements(as: Double.self).enumerated() {
            #expect(abs(try descent.objective() - expected) < 1e-4 * max(expected, 0.01), "step \(index)")
            try descent.advance(movesMultipliers: (index + 1).isMultiple(of: 10))
        }
        #expect(try distance(descent.weights(), "lp.weights") < 1e-4)
        #expect(try distance(descent.biases, "lp.biases") < 1e-3)
        #expect(try distance(descent.multipliers, "lp.multipliers") < 1e-5)
    }
}
