package import CLIPCheckpoints
package import CLIPFiles
internal import CLIPModels
internal import CLIPPage
internal import CLIPTensor
package import CLIPTraining

/// What came of a demo.
package struct DemoResult: Sendable {
    /// The folder of all that was written.
    package let folder: DemoFolder
    /// The training run.
    package let outcome: TrainingRun.Outcome
    /// What the saved model answered.
    package let answers: EmojiAnswers
    /// Seconds from opening the model to its last answer.
    package let evaluationSeconds: Double
    /// What the saved model's folder holds.
    package let model: Inspection
    /// The files to try the tool on.
    package let samples: DemoSamples
    /// How it was trained.
    package let configuration: TrainingConfiguration
    /// What the user calls the tool.
    package let tool: String
}

extension DemoResult {
    /// The page.
    package var page: DemoPage {
        get throws {
            let history = try outcome.folder.readMetrics()
            return DemoPage(answers: answers, history: history, settings: settings, commands: commands)
        }
    }

    /// The run in names and values.
    package var settings: [DemoPage.Setting] {
        let run = configuration
        let rate = Double(outcome.pairs) / max(outcome.seconds, 1e-9)
        return [
            .init("Model", architecture),
            .init("Parameters", model.parameters.total.grouped),
            .init("Vocabulary", "\((model.tokenizer?.vocabularySize ?? 0).grouped) tokens, learned from the captions"),
            .init(
                "Training", "\(outcome.steps.grouped) steps of \(run.batchSize) pairs, \(outcome.pairs.grouped) in all"),
            .init(
                "Time",
                "\(outcome.seconds.duration), \(Int(rate).grouped) pairs a second; answers in \(evaluationSeconds.fixed(1)) s"
            ),
            .init(
                "Optimiser",
                "\(run.optimiser.kind.rawValue), peak learning rate \(run.learningRate), \(run.precision.rawValue)"),
            .init("Seed", "\(run.seed)"),
            .init("Engine", "libtorch \(Engine.version), threads: \(Engine.threadCount)"),
            .init("Folder", folder.path),
        ]
    }

    private var architecture: String {
        guard case .custom(let model)? = configuration.model, case .transformer(let vision) = model.vision else {
            return "as configured"
        }
        return
            "images \(vision.imageSize)×\(vision.imageSize) in patches of \(vision.patchSize), \(vision.layers) layers "
            + "\(vision.width) wide; texts \(model.text.layers) layers \(model.text.width) wide; "
            + "\(model.embeddingWidth) numbers for each"
    }

    /// What to try next.
    package var commands: [NextCommand] {
        let model = outcome.folder.model.quotedForShell
        let clip = tool.quotedForShell
        var result: [NextCommand] = []
        if let kind = samples.kinds.first {
            let names = (samples.kinds.map(\.caption) + ["cat", "car", "guitar"]).joined(separator: ",")
            result.append(
                NextCommand(
                    "Which of these is it?",
                    "\(clip) classify --model \(model) \(kind.path.quotedForShell) --labels \(names.quotedForShell) "
                        + "--template 'a {} in the center on a green background'"))
        }
        if let scene = samples.scenes.first {
            result.append(
                NextCommand(
                    "Which caption is true of this scene? Among them is the mirrored one.",
                    "\(clip) classify --model \(model) \(scene.path.quotedForShell) "
                        + "--labels-from \(folder.captions.quotedForShell)"))
        }
        result.append(
            NextCommand(
                "The vectors of all samples, as a NumPy file.",
                "\(clip) embed --model \(model) --images \(samples.scenes.map(\.path.quotedForShell).joined(separator: " ")) "
                    + "--output \(folder.vectors.quotedForShell)"))
        result.append(NextCommand("What is in the model's folder?", "\(clip) inspect \(model)"))
        return result
    }

    /// Everything that was measured, for programs.
    package var json: JSON {
        .object([
            .init("output", .string(folder.path)), .init("model", .string(outcome.folder.model)),
            .init("page", .string(folder.page)), .init("seed", .integer(Int(clamping: configuration.seed))),
            .init("steps", .integer(outcome.steps)), .init("pairs", .integer(outcome.pairs)),
            .init("training_seconds", .number(outcome.seconds)),
            .init("evaluation_seconds", .number(evaluationSeconds)),
            .init("parameters", .integer(model.parameters.total)),
            .init("kinds", .integer(answers.questions.kinds.count)),
            .init("vocabulary_size", .integer(model.tokenizer?.vocabularySize ?? 0)),
            .init("figures", .object(answers.figures.map { .init($0.key, $0.json) })),
            .init("samples", .array((samples.kinds + samples.scenes).map { .string($0.path) })),
        ])
    }
}

extension String {
    /// The text as one word of a POSIX shell.
    package var quotedForShell: String {
        let isPlain =
            !isEmpty
            && unicodeScalars.allSatisfy { scalar in
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                    || "-_./,:+@%".unicodeScalars.contains(scalar)
            }
        return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}
