import CLIPTensor
import Testing

@Suite("Linear layers")
struct LinearTests {
    /// Sizes on both sides of what oneDNN is taken for.
    @Test(
        "A linear layer and its gradients are those of a product and a sum",
        arguments: [[3, 5, 4], [2, 40, 96, 192], [160, 96, 192], [1, 1024, 1024]], [true, false])
    func gradients(sizes: [Int], hasBias: Bool) throws {
        let generator = try RandomGenerator(seed: 3)
        let (input, output) = (sizes[sizes.count - 2], sizes[sizes.count - 1])
        let x = try Tensor.normal(Array(sizes.dropLast()), using: generator)
        let weight = try Tensor.normal([output, input], deviation: 0.1, using: generator)
        let bias = try Tensor.normal([output], using: generator)
        let slope = try Tensor.normal(Array(sizes.dropLast(2)) + [output], using: generator)
        let leaves = hasBias ? [x, weight, bias] : [x, weight]
        func gradients(_ result: () throws -> Tensor) throws -> [Tensor] {
            for leaf in leaves {
                try leaf.requireGradient()
                leaf.clearGradient()
            }
            let result = try result()
            try (result * slope).sum().backward()
            return try [result.detached()] + leaves.compactMap(\.gradient)
        }
        let found = try gradients { try x.linear(weight: weight, bias: hasBias ? bias : nil) }
        let expected = try gradients {
            let product = try x.matrixProduct(weight.transposed())
            return hasBias ? try product + bias : product
        }
        #expect(found.count == leaves.count + 1)
        for (one, other) in zip(found, expected) {
            #expect(one.shape == other.shape)
            let scale = try other.absolute().maximum().scalar()
            #expect(try (one - other).absolute().maximum().scalar() < 1e-5 * scale)
        }
    }

    @Test("Only what asks for a gradient gets one")
    func locked() throws {
        let generator = try RandomGenerator(seed: 3)
        let x = try Tensor.normal([64, 256], using: generator)
        let weight = try Tensor.normal([128, 256], using: generator)
        try x.requireGradient()
        try x.linear(weight: weight).sum().backward()
        #expect(x.gradient != nil && weight.gradient == nil)
    }
}
