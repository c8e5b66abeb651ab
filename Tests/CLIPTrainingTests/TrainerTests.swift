import CLIPModels
import CLIPTensor
import CLIPTraining
import Testing

@Suite("A trainer")
struct TrainerTests {
    private static let transformer = CLIPConfiguration(
        embeddingWidth: 16,
        vision: .transformer(.init(imageSize: 16, patchSize: 8, width: 32, layers: 2, headWidth: 16)),
        text: .init(contextLength: 8, vocabularySize: 50, width: 32, heads: 2, layers: 2))
    private static let resNet = CLIPConfiguration(
        embeddingWidth: 16, vision: .resNet(.init(imageSize: 32, layers: [1, 1, 1, 1], width: 8)),
        text: .init(contextLength: 8, vocabularySize: 50, width: 32, heads: 2, layers: 1))

    private static func configuration(_ change: (inout Trainer.Configuration) -> Void = { _ in })
        -> Trainer.Configuration
    {
        var configuration = Trainer.Configuration(
            schedule: .init(peak: 1e-3, warmupSteps: 1, steps: 10), mean: [0, 0, 0], std: [1, 1, 1])
        change(&configuration)
        return configuration
    }

    private static func model(_ configuration: CLIPConfiguration) throws -> CLIPModel {
        try CLIPModel(configuration, parameters: FreshParameters(seed: 1))
    }

    /// Takes steps on the same pairs; returns what each showed.
    @discardableResult
    private static func train(_ trainer: Trainer, steps: Int, pairs: Int = 6) throws -> [StepMetrics] {
        let size = trainer.model.configuration.vision.imageSize
        let pixels = try Tensor.normal([pairs, 3, size, size], using: RandomGenerator(seed: 2))
        let tokens = try tokens(pairs)
        return try (0..<steps).map { _ in
            try trainer.step(pixels: pixels, tokens: tokens, matches: Matches(count: pairs))
        }
    }

    /// A start, two tokens of its own, an end, and padding for each pair: `[pairs, 6]`.
    private static func tokens(_ pairs: Int) throws -> Tensor {
        var ids: [Int32] = []
        for pair in 0..<Int32(pairs) { ids += [48, pair, 2 * pair + 1, 49, 0, 0] }
        return try Tensor(ids, shape: [pairs, 6])
    }

    private static func values(_ model: CLIPModel) throws -> [Float] {
        var values: [Float] = []
        for named in model.parameters + model.buffers { values += try named.tensor.detached().elements(as: Float.self) }
        return values
    }

    private static func gradients(_ trainer: Trainer, pairs: Int = 6) throws -> [String: [Float]] {
        let size = trainer.model.configuration.vision.imageSize
        let pixels = try Tensor.normal([pairs, 3, size, size], using: RandomGenerator(seed: 2))
        let input = try TowerInput(pixels: pixels, tokens: tokens(pairs))
        _ = try trainer.accumulateGradients(input, Matches(count: pairs))
        var found: [String: [Float]] = [:]
        for parameter in trainer.model.parameters {
            found[parameter.name] = try parameter.tensor.gradient?.elements(as: Float.self)
        }
        return found
    }

    @Test(
        "A batch that goes through the towers in parts has the gradients of the whole, the logit scale's once",
        arguments: [1, 2, 4, 6])
    func microBatches(size: Int) throws {
        let whole = try Self.gradients(Trainer(Self.model(Self.transformer), Self.configuration()))
        let parts = try Self.gradients(
            Trainer(Self.model(Self.transformer), Self.configuration { $0.microBatchSize = size }))
        #expect(Set(whole.keys) == Set(parts.keys))
        for (name, gradient) in whole {
            let found = try #require(parts[name])
            let scale = gradient.map(abs).max() ?? 0
            #expect(zip(gradient, found).allSatisfy { abs($0 - $1) <= 1e-4 * scale + 1e-6 }, "\(name)")
        }
    }

    @Test(
        "In parts, a locked tower has no gradient and the others have those of the whole",
        arguments: ["visual.", "transformer.", ""])
    func lockedMicroBatches(prefix: String) throws {
        func gradients(_ size: Int?) throws -> [String: [Float]] {
            try Self.gradients(
                Trainer(Self.model(Self.transformer), Self.configuration { $0.microBatchSize = size }) { name in
                    name == "logit_scale" || !prefix.isEmpty && name.hasPrefix(prefix)
                })
        }
        let (whole, parts) = try (gradients(nil), gradients(2))
        #expect(Set(whole.keys) == Set(parts.keys) && (whole.count > 1) == !prefix.isEmpty)
        for (name, gradient) in whole {
            let found = try #require(parts[name])
            let scale = gradient.map(abs).max() ?? 0
            #expect(zip(gradient, found).allSatisfy { abs($0 - $1) <= 1e-4 * scale + 1e-6 }, "\(name)")
        }
    }

    @Test("Parts move a batch norm's running statistics once each, as many steps of their size would")
    func statistics() throws {
        let (one, two) = try (Self.model(Self.resNet), Self.model(Self.resNet))
        _ = try Self.gradients(Trainer(one, Self.configuration { $0.microBatchSize = 3 }))
        _ = try Self.gradients(
            Trainer(two, Self.configuration { ($0.microBatchSize, $0.recomputesBlocks) = (3, true) }))
        let counts = one.buffers.filter { $0.name.hasSuffix("num_batches_tracked") }
        #expect(!counts.isEmpty)
        for count in counts { #expect(try count.tensor.scalar() == 2) }
        for (buffer, other) in zip(one.buffers, two.buffers) {
            #expect(try buffer.tensor.elements(as: Float.self) == other.tensor.elements(as: Float.self))
        }
    }

    @Test("The average of the parameters follows them, and stands in their place only while it is asked for")
    func average() throws {
        let trainer = try Trainer(Self.model(Self.transformer), Self.configuration { $0.averageDecay = 0.5 })
        let start = try Self.values(trainer.model)
        try Self.train(trainer, steps: 1)
        let end = try Self.values(trainer.model)
        // After the first step the decay is 2/11: what is soon forgotten.
        let expected = zip(start, end).map { $0 * 2 / 11 + $1 * 9 / 11 }
        let saved = try trainer.withSavedParameters { try Self.values(trainer.model) }
        #expect(zip(saved, expected).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(try Self.values(trainer.model) == end)
        #expect(saved != end)
    }

    @Test("With a decay by layer, blocks far from the output move less: nothing moves at a decay near 0 but the last")
    func layerDecay() throws {
        let model = try Self.model(Self.transformer)
        let start = try Dictionary(
            uniqueKeysWithValues: model.parameters.map { ($0.name, try $0.tensor.detached().cloned()) })
        let trainer = try Trainer(
            model, Self.configuration { ($0.optimiser.layerDecay, $0.optimiser.weightDecay) = (0.1, 0) })
        try Self.train(trainer, steps: 1)
        func moved(_ name: String) throws -> Double {
            let parameter = try #require(model.parameters.first { $0.name == name }).tensor
            return try (parameter.detached() - #require(start[name])).absolute().maximum().scalar()
        }
        // AdamW's first step moves each element by the rate.
        for (name, factor) in [
            ("visual.proj", 1.0), ("visual.transformer.resblocks.1.mlp.c_fc.weight", 0.1),
            ("visual.transformer.resblocks.0.mlp.c_fc.weight", 0.01), ("visual.conv1.weight", 0.001),
            ("text_projection", 1), ("transformer.resblocks.1.attn.in_proj_weight", 0.1),
            ("token_embedding.weight", 0.001), ("logit_scale", 1),
        ] {
            #expect(try abs(moved(name) / (1e-3 * factor) - 1) < 0.02, "\(name)")
        }
    }

    @Test("A decay by layer counts the blocks of the tower, whichever of them are trained")
    func layerDecayOfFirstBlocks() throws {
        let name = "visual.transformer.resblocks.0.mlp.c_fc"
        let layers = AdaptedLayer.all(of: Self.transformer).filter { $0.name == name }
        let adapters = try LowRankAdapters.fresh(for: layers, rank: 2, alpha: 2, seed: 1)
        let model = try CLIPModel(
            Self.transformer, parameters: FreshParameters(seed: 1), adapters: adapters)
        let trainer = try Trainer(
            model, Self.configuration { ($0.optimiser.layerDecay, $0.optimiser.weightDecay) = (0.1, 0) },
            trains: { _ in false })
        try Self.train(trainer, steps: 1)
        // The first of two blocks: a step of the rate, twice a tenth of it.
        let moved = try #require(adapters.tensors.first { $0.name.hasSuffix("lora_B") }).tensor
        #expect(try abs(moved.detached().absolute().maximum().scalar() / 1e-5 - 1) < 0.02)
    }

    @Test("Dropped patches are drawn from the seed and the step: a run with them repeats")
    func patchDropout() throws {
        func losses(_ seed: UInt64, dropout: Double = 0.5) throws -> [Double] {
            let settings = Self.configuration { ($0.patchDropout, $0.seed) = (dropout, seed) }
            return try Self.train(Trainer(Self.model(Self.transformer), settings), steps: 3).map(\.loss)
        }
        #expect(try losses(1) == losses(1))
        #expect(try losses(1) != losses(2))
        #expect(try losses(1) != losses(1, dropout: 0))
    }

    @Test("A loss that is no number stops the step before it changes anything")
    func nonFinite() throws {
        let trainer = try Trainer(Self.model(Self.transformer), Self.configuration())
        try Self.train(trainer, steps: 1)
        let before = try Self.values(trainer.model)
        let pixels = try Tensor.full([2, 3, 16, 16], .nan)
        #expect(throws: NonFiniteStep.self) {
            try trainer.step(
                pixels: pixels, tokens: Tensor([48, 1, 49, 48, 2, 49] as [Int32], shape: [2, 3]),
                matches: Matches(count: 2))
        }
        #expect(try Self.values(trainer.model) == before)
        #expect(trainer.step == 1)
    }

    @Test("A model that has learned its teacher's choices is as sure of them as the teacher")
    func teacher() throws {
        let teacher = try CLIPModel(Self.transformer, parameters: FreshParameters(seed: 9))
        var settings = Self.configuration { $0.loss.distillationWeight = 1 }
        settings.schedule = .init(peak: 3e-3, warmupSteps: 1, steps: 40)
        #expect(throws: Never.self) { try Teacher(teacher, mean: [0, 0, 0], std: [1, 1, 1]) }
        let trainer = try Trainer(
            Self.model(Self.transformer), settings, teacher: Teacher(teacher, mean: [0, 0, 0], std: [1, 1, 1]))
        let losses = try Self.train(trainer, steps: 40).map(\.loss)
        #expect(losses[39] < losses[0])
    }
}
