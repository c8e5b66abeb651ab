import CLIPModels
import CLIPTensor
import CLIPTraining
import Testing

extension ModelParityTests {
    @Suite("Gradients")
    struct GradientParityTests {
        /// The norm of a gradient's difference over its norm. 16 bits: each product of the pass back rounds to 2e-3
        /// and batch norms over few places stretch that; the reference rounds its cosines to 16 bits too, Swift's loss
        /// keeps 32.
        static func bound(_ precision: Precision) -> Double { precision == .fp32 ? 1e-3 : 0.15 }

        @Test("Every parameter's gradient is open_clip's", arguments: SmallModel.allCases, Precision.allCases)
        func gradients(small: SmallModel, precision: Precision) throws {
            let (model, expected) = try (small.model(), small.results("gradients", precision))
            let loss = try Self.loss(of: model, expected, precision)
            #expect(try abs(loss - expected.tensor("loss").scalar()) < (precision == .fp32 ? 1e-5 : 3e-2))
            // Softmax is blind to what all keys share: the attention pool's key bias has the gradient 0 but for rounding,
            // of which there is more in 16 bits. Against all gradients together, that is nothing.
            let floor = (precision == .fp32 ? 1e-5 : 2e-4) * (try Self.norm(of: expected, prefix: "gradient/"))
            var greatest = (error: 0.0, name: "")
            for parameter in model.parameters {
                let found = try #require(parameter.tensor.gradient, "\(parameter.name)")
                let distance = try Distance(found, from: expected.tensor("gradient/\(parameter.name)"))
                let error = try distance.relative(floor: floor)
                #expect(error < Self.bound(precision), "\(parameter.name)")
                if error > greatest.error { greatest = (error, parameter.name) }
            }
            #expect(expected.names.count { $0.hasPrefix("gradient/") } == model.parameters.count)
            print("\(small.rawValue) \(precision): greatest relative error \(greatest)")
        }

        @Test(
            "A training pass moves the running statistics as open_clip's does",
            arguments: [SmallModel.resNet, .quickResNet], Precision.allCases)
        func statistics(small: SmallModel, precision: Precision) throws {
            let (model, expected) = try (small.model(), small.results("gradients", precision))
            _ = try Self.loss(of: model, expected, precision)
            #expect(!model.buffers.isEmpty)
            #expect(expected.names.count { $0.hasPrefix("buffer/") } == model.buffers.count)
            for buffer in model.buffers {
                let error = try Distance(buffer.tensor, from: expected.tensor("buffer/\(buffer.name)")).relative()
                #expect(error < (precision == .fp32 ? 1e-5 : 1e-2), "\(buffer.name)")
            }
        }

        private static func loss(of model: CLIPModel, _ file: Safetensors, _ precision: Precision) throws -> Double {
            let pixels = try file.tensor("pixels")
            var configuration = Trainer.Configuration(
                schedule: .init(peak: 1e-3, warmupSteps: 1, steps: 1), mean: [0, 0, 0], std: [1, 1, 1])
            configuration.precision = precision
            return try Trainer(model, configuration).accumulateGradients(
                TowerInput(pixels: pixels, tokens: file.tensor("tokens")), Matches(count: pixels.size(0)))
        }

        private static func norm(of file: Safetensors, prefix: String) throws -> Double {
            let squares = try file.names.filter { $0.hasPrefix(prefix) }.map { name in
                let norm = try file.tensor(name).norm().scalar()
                return norm * norm
            }
            return squares.reduce(0, +).squareRoot()
        }
    }
}
