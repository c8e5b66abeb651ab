import CLIPTensor
import CLIPTraining
import Testing

@Suite("Other losses of pairs")
struct PairLossTests {
    private static func features(_ images: [Float], _ texts: [Float], count: Int) throws -> PairFeatures {
        try PairFeatures(
            images: Tensor(images, shape: [count, images.count / count]),
            texts: Tensor(texts, shape: [count, texts.count / count]), scale: Tensor(1 as Float))
    }

    @Test("The sigmoid loss asks of each pairing whether it is one")
    func sigmoid() throws {
        let logits = try Tensor([2, -1, 0.5, 3] as [Float], shape: [2, 2])
        let found = try SigmoidLoss().whole(logits: logits, Matches(count: 2)).scalar()
        // −ln σ(x) = ln(1 + e^−x) of x = 2, 3 for the pairs and 1, −0.5 for the others.
        let expected = [2.0, 3, 1, -0.5].map { logarithm(1 + exponential(-$0)) }.reduce(0, +) / 2
        #expect(abs(found - expected) < 1e-5)
    }

    @Test("Twins choose between their two captions, and their captions between the two of them")
    func twins() throws {
        // Similarities [[3, 1], [2, 4]] of the first twins and [[1, 1], [1, 2]] of the second.
        let features = try Self.features(
            [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [3, 2, 9, 9, 1, 4, 9, 9, 9, 9, 1, 1, 9, 9, 1, 2], count: 4
        )
        let margins = [2.0, 2, 0, 1, 1, 3, 0, 1]
        let expected = margins.map { logarithm(1 + exponential(-$0)) }.reduce(0, +) / 8
        #expect(try abs(TwinLoss()(features).scalar() - expected) < 1e-5)
    }

    @Test("A teacher's choices are learned in strips as they are at once, with the same gradients")
    func tiledDistillation() throws {
        let generator = try RandomGenerator(seed: 3)
        func rows() throws -> Tensor { try Tensor.normal([7, 5], using: generator).normalized() }
        let teacher = try PairFeatures(images: rows(), texts: rows(), scale: Tensor(9 as Float))
        let (images, texts) = try (rows(), rows())
        func measured(_ body: (PairFeatures) throws -> Tensor) throws -> [[Float]] {
            let inputs = try [images.cloned(), texts.cloned(), Tensor(4 as Float)]
            for input in inputs { try input.requireGradient() }
            let loss = try body(PairFeatures(images: inputs[0], texts: inputs[1], scale: inputs[2]))
            try loss.backward()
            return try [[Float(loss.scalar())]] + inputs.map { try #require($0.gradient).elements(as: Float.self) }
        }
        let whole = try measured {
            try DistillationLoss()(logits: Self.logits($0), teacher: Self.logits(teacher))
        }
        let tiled = try measured { try DistillationLoss().tiled($0, teacher, Tiles(count: 7, largest: 14)) }
        for (one, other) in zip(whole, tiled) {
            #expect(one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    private static func logits(_ features: PairFeatures) throws -> Tensor {
        try features.images.matrixProduct(features.texts.transposed()) * features.scale
    }

    @Test("A teacher's choices are met best by the same choices")
    func distillation() throws {
        let teacher = try Tensor([2, 0, 1, 3] as [Float], shape: [2, 2])
        let loss = DistillationLoss()
        let met = try loss(logits: teacher, teacher: teacher).scalar()
        let (p, q) = (1 / (1 + exponential(-2)), 1 / (1 + exponential(-1)))
        func entropy(_ p: Double) -> Double { -p * logarithm(p) - (1 - p) * logarithm(1 - p) }
        // Rows choose with margins 2 and 2, columns with 1 and 3.
        let expected = (entropy(p) + (entropy(q) + entropy(1 / (1 + exponential(-3)))) / 2) / 2
        #expect(abs(met - expected) < 1e-5)
        #expect(try loss(logits: -teacher, teacher: teacher).scalar() > met)
    }
}
