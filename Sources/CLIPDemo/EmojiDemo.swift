internal import CLIP
internal import CLIPCheckpoints
internal import CLIPData
internal import CLIPFiles
internal import CLIPModels
package import CLIPTensor
package import CLIPTraining
internal import Foundation

/// The tour: a CLIP that is trained on emoji scenes, saved, opened again and asked what it learned.
package struct EmojiDemo: Sendable {
    /// How it trains.
    package var recipe = EmojiRecipe()
    /// The folder of the run, of the page and of the samples.
    package var output: String
    /// Where tensors lie.
    package var device = Device.cpu
    /// About how long to train, in place of the recipe's steps.
    package var minutes: Double?

    /// What the user calls the tool, for the commands to try next.
    package var tool = "clip"

    /// A demo into a folder, which need not be there.
    package init(output: String) {
        self.output = output
    }

    /// The part of the tour that goes on.
    package enum Stage: Sendable {
        /// Reading the emoji, drawing scenes and learning the vocabulary.
        case preparing
        /// Training for some steps to see how many fit into the time that was asked for.
        case pacing
        case training(TrainingRun.Progress)
        case evaluating
    }

    /// Trains, asks the saved model, and writes the page and some sample scenes.
    ///
    /// - Parameter onStage: Called as the tour goes on, after each step too, on the thread that works.
    /// - Throws: One line that names the file or the option that is wrong; `CancellationError` where the task is cancelled.
    package func run(onStage: @escaping @Sendable (Stage) -> Void) async throws -> DemoResult {
        let folder = DemoFolder(output)
        try folder.check(for: recipe)
        var recipe = recipe
        if let minutes {
            onStage(.pacing)
            recipe.steps = try await steps(in: minutes)
        }
        onStage(.preparing)
        let configuration = recipe.configuration(output: output)
        let outcome = try await TrainingRun(configuration, device: device)
            .train(replacesOldRun: true) { onStage(.training($0)) }
        onStage(.evaluating)
        let start = ContinuousClock.now
        let answers = try await ask(modelIn: outcome.folder.model)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let samples = try DemoSamples(answers.questions, in: folder)
        let result = DemoResult(
            folder: folder, outcome: outcome, answers: answers, evaluationSeconds: seconds,
            model: try ModelFolder(opening: outcome.folder.model).inspection(), samples: samples,
            configuration: configuration, tool: tool)
        let page = try result.page.html()
        try AtomicFile.write(Array(page.utf8), to: folder.page)
        return result
    }

    /// Asks the model as it was saved, opened as anyone opens a model.
    private func ask(modelIn path: String) async throws -> EmojiAnswers {
        var options = CLIPEncoder.Options()
        options.device = device
        options.batchSize = 128
        let clip = try await CLIPEncoder(model: path, options: options)
        let questions = EmojiQuestions(try EmojiCatalogue(), imageSize: clip.configuration.vision.imageSize)
        return try await EmojiAnswers(questions, clip: clip)
    }

    /// How many steps this machine takes in so many minutes, by the pace of a few; at least as many as those.
    private func steps(in minutes: Double) async throws -> Int {
        var trial = recipe
        trial.steps = 40
        let path = FileManager.default.temporaryDirectory.appending(path: "clip-demo-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try await TrainingRun(trial.configuration(output: path), device: device)
            .train(replacesOldRun: true) { _ in }.folder
        let times = try folder.readMetrics().map(\.seconds)
        // The first steps are slower: libtorch prepares its kernels.
        guard times.count == trial.steps, times[39] > times[9] else { return recipe.steps }
        return max(trial.steps, Int(minutes * 60 / ((times[39] - times[9]) / 30)))
    }
}
