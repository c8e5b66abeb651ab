import CLIPModels
import CLIPTensor
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

/// Whole runs compared with those of open_clip's `train_one_epoch`. `scripts/training-parity` prints the table.
@Suite("Training runs are open_clip's", .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
struct TrainerParityTests {
    private typealias Recipe = ModelParityTests.TrainingParityTests.Recipe

    private enum Case: String, CaseIterable {
        case plain, sigmoid, cached, locked
    }

    @Test("Twenty steps give open_clip's losses: plain, sigmoid, with cached features, with a locked tower")
    func steps() throws {
        let folder = try TemporaryFolder()
        try PythonReference.run("trainer.py", [folder.url.path])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let recipe = try decoder.decode(Recipe.self, from: Data(contentsOf: folder.url.appending(path: "recipe.json")))
        for one in Case.allCases {
            var configuration = try JSONDecoder().decode(
                CLIPConfiguration.self, from: Data(contentsOf: folder.url.appending(path: "config.json")))
            if one == .sigmoid { configuration.initialLogitBias = -10 }
            try Self.compare(
                one, configuration, recipe, Safetensors(opening: folder.url.appending(path: "\(one).safetensors").path))
        }
    }

    private static func compare(
        _ one: Case, _ configuration: CLIPConfiguration, _ recipe: Recipe, _ file: Safetensors
    ) throws {
        let model = try CLIPModel(
            configuration,
            parameters: LoadedParameters(origin: file.path) { name in
                try file.entry("start/" + name).map { try file.tensor($0.name) }
            })
        var lock = TrainingConfiguration()
        if one == .locked { lock.lock = LockConfiguration(image: .init()) }
        let trained = try TrainedParameters(lock, configuration)
        let trainer = try Trainer(model, settings(one, recipe), trains: trained.contains)
        let found = try ModelParityTests.TrainingParityTests.train(trainer, file).map(\.loss)
        let expected = try file.tensor("losses").elements(as: Double.self)
        try #require(expected.count == recipe.steps && found.count == recipe.steps)
        let apart = zip(found, expected).map { abs($0 - $1) / $1 }.max() ?? .infinity
        #expect(apart < 1e-4, "\(one)")
        let values = [expected[0], expected[expected.count - 1], found[found.count - 1]].map {
            String(format: "%.6f", $0)
        }
        print("| \(one) | \(values.joined(separator: " | ")) | \(String(format: "%.1e", apart)) |")
    }

    private static func settings(_ one: Case, _ recipe: Recipe) -> Trainer.Configuration {
        var settings = ModelParityTests.TrainingParityTests.configuration(recipe, .fp32)
        if one == .sigmoid { settings.loss.kind = .sigmoid }
        if one == .cached { settings.microBatchSize = recipe.microBatch }
        return settings
    }
}
