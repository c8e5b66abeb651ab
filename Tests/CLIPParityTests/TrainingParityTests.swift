import CLIPModels
import CLIPTensor
import CLIPTraining
import Foundation
import Testing

extension ModelParityTests {
    @Suite("Training")
    struct TrainingParityTests {
        /// The script's hyper-parameters.
        struct Recipe: Decodable {
            var steps: Int
            var microBatch: Int?
            var learningRate: Double
            var warmup: Int
            var beta1: Double
            var beta2: Double
            var epsilon: Double
            var weightDecay: Double
            var largestScale: Double
        }

        static func recipe() throws -> Recipe {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(
                Recipe.self, from: Data(contentsOf: URL(filePath: ReferenceModels.path("training.json"))))
        }

        /// Of a loss around 3 and of the logit scale. 32 bits: a step moves a parameter by the sign of its gradient at
        /// first, so that a gradient which is only rounding moves it too; batch norms carry such moves into every pixel.
        /// 16 bits: products round by 2e-3, and the reference rounds its scaled cosines too, by up to 3e-2.
        private static func bound(_ small: SmallModel, _ precision: Precision) -> Double {
            precision == .bf16 ? 5e-2 : small.isResNet ? 1e-3 : 2e-5
        }

        /// Of the distance between the ends, over the way.
        private static func endBound(_ small: SmallModel, _ precision: Precision) -> Double {
            precision == .bf16 ? 0.4 : small.isResNet ? 2e-2 : 1e-3
        }

        @Test(
            "Ten steps of AdamW give open_clip's losses, rates and scales", arguments: SmallModel.allCases,
            Precision.allCases)
        func steps(small: SmallModel, precision: Precision) throws {
            let (recipe, expected) = try (Self.recipe(), small.results("training", precision))
            let model = try ReferenceModels.model(
                small.configuration, from: "\(small.rawValue).training.\(precision.rawValue)", prefix: "start/")
            let metrics = try Self.train(Trainer(model, Self.configuration(recipe, precision)), expected)
            let losses = try expected.tensor("losses").elements(as: Double.self)
            let rates = try expected.tensor("rates").elements(as: Double.self)
            let scales = try expected.tensor("scales").elements(as: Double.self)
            try #require(losses.count == recipe.steps)
            for (step, found) in metrics.enumerated() {
                #expect(abs(found.loss - losses[step]) < Self.bound(small, precision), "step \(step)")
                #expect(abs(found.learningRate - rates[step]) < 1e-12, "step \(step)")
                #expect(abs(log(found.logitScale) - scales[step]) < Self.bound(small, precision), "step \(step)")
            }
            // The recipe starts above the bound of the clamp, which the first step meets.
            #expect(abs(metrics[0].logitScale - recipe.largestScale) < 1e-4)
            let differences = zip(metrics, losses).map { abs($0.loss - $1) }
            print("\(small.rawValue) \(precision): losses \(losses), by \(differences.max() ?? 0)")
            try Self.compareEnds(model, expected, small, precision)
        }

        /// How far the model moved from its start, compared over all parameters together.
        private static func compareEnds(
            _ model: CLIPModel, _ expected: Safetensors, _ small: SmallModel, _ precision: Precision
        ) throws {
            var (difference, movement) = (0.0, 0.0)
            for parameter in model.parameters {
                let (start, end) = try (
                    expected.tensor("start/\(parameter.name)"), expected.tensor("end/\(parameter.name)")
                )
                let (apart, moved) = try (
                    (parameter.tensor.detached() - end).norm().scalar(), (end - start).norm().scalar()
                )
                difference += apart * apart
                movement += moved * moved
            }
            let error = (difference / movement).squareRoot()
            print("\(small.rawValue) \(precision): ends apart by \(error) of the way")
            #expect(error < Self.endBound(small, precision))
        }

        static func configuration(_ recipe: Recipe, _ precision: Precision) -> Trainer.Configuration {
            var configuration = Trainer.Configuration(
                schedule: .init(peak: recipe.learningRate, warmupSteps: recipe.warmup, steps: recipe.steps),
                mean: [0, 0, 0], std: [1, 1, 1])
            configuration.precision = precision
            configuration.largestLogitScale = recipe.largestScale
            configuration.optimiser.beta1 = recipe.beta1
            configuration.optimiser.beta2 = recipe.beta2
            configuration.optimiser.epsilon = recipe.epsilon
            configuration.optimiser.weightDecay = recipe.weightDecay
            return configuration
        }

        static func train(_ trainer: Trainer, _ file: Safetensors) throws -> [StepMetrics] {
            let (pixels, tokens) = try (file.tensor("pixels"), file.tensor("tokens"))
            return try (0..<pixels.size(0)).map { step in
                try trainer.step(
                    pixels: pixels.select(0, step), tokens: tokens.select(0, step),
                    matches: Matches(count: pixels.size(1)))
            }
        }
    }
}
