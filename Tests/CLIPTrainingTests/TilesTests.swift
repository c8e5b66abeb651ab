import CLIPTensor
import CLIPTraining
import Testing

@Suite("Losses in strips")
struct TilesTests {
    private static let count = 13

    /// Whose captions and images are equal.
    private static let matches = [
        Matches(count: count), Matches(count: count, equalCaptions: [0, 1, 0, 3, 1, 5, 6, 7, 6, 6, 10, 11, 12]),
        Matches(
            count: count, equalCaptions: [0, 1, 0, 3, 1, 5, 6, 7, 6, 6, 10, 11, 12],
            equalImages: [0, 0, 2, 3, 4, 3, 6, 7, 8, 9, 10, 7, 12]),
    ]

    /// Features whose gradients are asked for.
    private static func features() throws -> (leaves: [Tensor], features: PairFeatures) {
        let generator = try RandomGenerator(seed: 5)
        let leaves = try [
            Tensor.normal([count, 6], using: generator), Tensor.normal([count, 6], using: generator),
            Tensor(2.5 as Float), Tensor(-1.5 as Float),
        ]
        for leaf in leaves { try leaf.requireGradient() }
        return (
            leaves,
            PairFeatures(
                images: try leaves[0].normalized(), texts: try leaves[1].normalized(),
                scale: try leaves[2].exponential(),
                bias: leaves[3])
        )
    }

    private static func gradients(_ loss: (PairFeatures) throws -> Tensor) throws -> (
        value: Double, gradients: [Tensor]
    ) {
        let (leaves, features) = try features()
        let value = try loss(features)
        // A factor reaches the gradient from behind.
        try (value * 3).backward()
        return (try value.scalar(), leaves.compactMap(\.gradient))
    }

    private static func expectSame(
        _ whole: (PairFeatures) throws -> Tensor, _ tiled: (PairFeatures) throws -> Tensor
    ) throws {
        let (expected, found) = try (gradients(whole), gradients(tiled))
        #expect(abs(expected.value - found.value) < 1e-5)
        #expect(found.gradients.count == expected.gradients.count)
        for (one, other) in zip(expected.gradients, found.gradients) {
            #expect(try (one - other).absolute().maximum().scalar() < 1e-5)
        }
    }

    @Test("Strips of any height give the loss and the gradients of the whole", arguments: matches, [1, 13, 40, 1000])
    func contrastive(matches: Matches, largest: Int) throws {
        let loss = ContrastiveLoss()
        let tiles = Tiles(count: Self.count, largest: largest)
        try Self.expectSame {
            try loss.whole(logits: $0.biasedLogits(), matches)
        } _: {
            try loss.tiled($0, matches, tiles)
        }
    }

    @Test("So do those of the sigmoid loss", arguments: matches, [1, 13, 40, 1000])
    func sigmoid(matches: Matches, largest: Int) throws {
        let loss = SigmoidLoss()
        let tiles = Tiles(count: Self.count, largest: largest)
        try Self.expectSame {
            try loss.whole(logits: $0.biasedLogits(), matches)
        } _: {
            try loss.tiled($0, matches, tiles)
        }
    }

    @Test("The memory of a large batch grows with its pairs, not with their pairings")
    func memory() async {
        await #expect(processExitsWith: .success) {
            Engine.keepFreedMemory()
            let count = 16384
            let generator = try RandomGenerator(seed: 1)
            let leaves = try (0..<2).map { _ in try Tensor.normal([count, 32], using: generator) }
            for leaf in leaves { try leaf.requireGradient() }
            let before = MemoryUse.resident
            let features = PairFeatures(images: leaves[0], texts: leaves[1], scale: try Tensor(0.1 as Float))
            try ContrastiveLoss()(features, Matches(count: count)).backward()
            // All similarities at once are 1 GiB.
            precondition(MemoryUse.peak - before < 700 << 20, "\(MemoryUse.peak - before) bytes")
        }
    }
}

extension PairFeatures {
    /// All similarities at once.
    fileprivate func biasedLogits() throws -> Tensor {
        let scaled = try images.matrixProduct(texts.transposed()) * scale
        return try bias.map { try scaled + $0 } ?? scaled
    }
}
