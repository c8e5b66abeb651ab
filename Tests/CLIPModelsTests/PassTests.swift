import CLIPModels
import CLIPTensor
import Testing

/// What changes how a pass is computed, and not what it gives.
@Suite("Ways of one pass")
struct PassTests {
    private static let tokens: [Int32] = [
        98, 5, 6, 99, 0, 0, 0, 0, 98, 99, 0, 0, 0, 0, 0, 0, 98, 7, 8, 9, 10, 11, 12, 99,
    ]

    /// The gradients of every parameter by name, and the sum that they are of.
    private static func gradients(
        _ configuration: CLIPConfiguration, _ pass: Pass
    ) throws -> (value: Double, gradients: [String: Tensor]) {
        let model = try CLIPModel(configuration, parameters: FreshParameters(seed: 3))
        for parameter in model.parameters { try parameter.tensor.requireGradient() }
        let size = configuration.vision.imageSize
        let pixels = try Tensor.normal([3, 3, size, size], using: RandomGenerator(seed: 8))
        let images = try model.embedImages(pixels, pass)
        let texts = try model.embedTexts(Tensor(tokens, shape: [3, 8]), pass)
        let value = try model.logits(images: images, texts: texts).crossEntropy(targets: Tensor.range(3))
        try value.backward()
        let pairs = model.parameters.compactMap { parameter in parameter.tensor.gradient.map { (parameter.name, $0) } }
        return (try value.scalar(), Dictionary(uniqueKeysWithValues: pairs))
    }

    private static func expectSame(_ configuration: CLIPConfiguration, _ one: Pass, _ other: Pass) throws {
        let (one, other) = try (gradients(configuration, one), gradients(configuration, other))
        #expect(abs(one.value - other.value) < 1e-5)
        #expect(Set(one.gradients.keys) == Set(other.gradients.keys))
        for (name, gradient) in one.gradients {
            let found = try #require(other.gradients[name])
            let scale = try gradient.norm().scalar() + 1e-3
            #expect(try (gradient - found).norm().scalar() < 1e-4 * scale, "\(name)")
        }
    }

    @Test(
        "Texts without padding and a last block for the read positions alone give the values and gradients of all positions",
        arguments: [CLIPModelTests.small, CLIPModelTests.smallResNet])
    func packing(configuration: CLIPConfiguration) throws {
        // A pass that records computes every position of the padded texts.
        try Self.expectSame(configuration, Pass(isTraining: true), Pass(isTraining: true, trace: Trace()))
    }

    @Test(
        "Blocks that are computed twice give the same values, gradients and running statistics",
        arguments: [CLIPModelTests.small, CLIPModelTests.smallResNet])
    func recomputation(configuration: CLIPConfiguration) throws {
        var pass = Pass(isTraining: true)
        pass.recomputesBlocks = true
        try Self.expectSame(configuration, Pass(isTraining: true), pass)
        let statistics = try [Pass(isTraining: true), pass].map { pass in
            let model = try CLIPModel(configuration, parameters: FreshParameters(seed: 3))
            for parameter in model.parameters { try parameter.tensor.requireGradient() }
            let size = configuration.vision.imageSize
            try model.embedImages(Tensor.normal([3, 3, size, size], using: RandomGenerator(seed: 8)), pass).sum()
                .backward()
            return try model.buffers.flatMap { try $0.tensor.elements(as: Float.self) }
        }
        #expect(statistics[0] == statistics[1])
    }

    @Test("Images of kept patches are those of a model that sees no others; all of them in any order change nothing")
    func keptPatches() throws {
        let model = try CLIPModel(CLIPModelTests.small, parameters: FreshParameters(seed: 4))
        try withoutGradients {
            let pixels = try Tensor.normal([2, 3, 32, 32], using: RandomGenerator(seed: 9))
            var pass = Pass()
            pass.keptPatches = try Tensor((0..<32).map { Int64(15 - $0 % 16) }, shape: [2, 16])
            let whole = try model.embedImages(pixels)
            #expect(try (model.embedImages(pixels, pass) - whole).absolute().maximum().scalar() < 1e-5)
            pass.keptPatches = try Tensor([0, 5, 0, 5] as [Int64], shape: [2, 2])
            let some = try model.embedImages(pixels, pass)
            // Other patches may hold anything: patch 15 is the lower right one.
            let other = try pixels.cloned()
            try other.slice(2, 24..<32).slice(3, 24..<32).copy(from: Tensor.full([], 7))
            #expect(try (model.embedImages(other, pass) - some).absolute().maximum().scalar() < 1e-6)
            #expect(try (model.embedImages(other) - whole).absolute().maximum().scalar() > 1e-3)
        }
    }
}
