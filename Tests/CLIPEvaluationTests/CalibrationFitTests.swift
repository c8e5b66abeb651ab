import CLIP
import CLIPEvaluation
import CLIPImaging
import Foundation
import Testing

@Suite struct CalibrationFitTests {
    /// Images that are of their class as often as the softmax with a factor says, and the classes.
    private func sample(_ count: Int, scale: Double, seed: UInt64) -> (Embeddings, Embeddings, [Int]) {
        var generator = SeededGenerator(seed: seed)
        let classes = Embeddings(width: 3, values: [1, 0, 0, 0, 1, 0, 0, 0, 1])
        var (values, truths) = ([Float](), [Int]())
        for _ in 0..<count {
            let row = (0..<3).map { _ in generator.uniform(0...1) }
            let odds = row.map { exp(scale * $0) }
            var left = generator.uniform(0...1) * odds.reduce(0, +)
            truths.append(
                odds.firstIndex {
                    left -= $0
                    return left < 0
                } ?? 2)
            values += row.map(Float.init)
        }
        return (Embeddings(width: 3, values: values), classes, truths)
    }

    @Test("the factor that the classes were drawn by is found, whatever the model's own is", arguments: [2.0, 7, 30])
    func temperature(scale: Double) throws {
        let (images, classes, truths) = sample(20_000, scale: scale, seed: 3)
        let fitted = try Calibration(fitting: images, classes: classes, truths: truths, scale: 100)
        #expect(abs(fitted.scale / scale - 1) < 0.08, "\(fitted.scale)")
        #expect(abs(fitted.temperature * fitted.scale - 100) < 1e-6)
    }

    @Test("fitted on one half, it halves the calibration error on the other at the least")
    func error() throws {
        let (images, classes, truths) = sample(8000, scale: 5, seed: 8)
        let (first, second) = (Array(0..<4000), Array(4000..<8000))
        let fitted = try Calibration(
            fitting: images.rows(first), classes: classes, truths: first.map { truths[$0] }, scale: 40)
        func error(_ scale: Double) throws -> Double {
            try Reliability(
                images.rows(second), classes: classes, truths: second.map { truths[$0] }, scale: scale
            ).expectedCalibrationError
        }
        let (before, after) = try (error(40), error(fitted.scale))
        #expect(after < before / 2, "\(before) \(after)")
    }

    @Test("the least cosine parts images of the classes from those whose class was taken away")
    func leastCosine() throws {
        // Each image has a cosine of 0.8 to 0.9 with its class and less than 0.3 with others.
        var (values, truths) = ([Float](), [Int]())
        for index in 0..<60 {
            var row = [Float](repeating: Float(index % 3) * 0.1, count: 3)
            row[index % 3] = 0.8 + Float(index) / 600
            values += row
            truths.append(index % 3)
        }
        let classes = Embeddings(width: 3, values: [1, 0, 0, 0, 1, 0, 0, 0, 1])
        let fitted = try Calibration(
            fitting: Embeddings(width: 3, values: values), classes: classes, truths: truths, scale: 10)
        let least = try #require(fitted.leastCosine)
        #expect((0.2...0.8).contains(least), "\(least)")
    }
}
