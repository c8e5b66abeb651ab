import CLIPData
internal import CLIPFiles
import CLIPModels
import CLIPTokenization

extension TrainingConfiguration {
    /// The largest count of anything: far beyond every run, and small enough that products of two do not overflow.
    static let largestCount = 1_000_000_000

    /// Throws where a value means nothing or two do not fit together, before any file is opened.
    func validate() throws {
        guard !output.isEmpty else {
            throw FileError(.unwritable, path: "output", "expected the name of a folder, found an empty one")
        }
        try check(epochs != nil || steps != nil, "steps", "expected one of the keys epochs and steps, found neither")
        try check(epochs == nil || steps == nil, "steps", "expected one of the keys epochs and steps, found both")
        try check("epochs", epochs ?? 1, 1...Self.largestCount)
        try check("steps", steps ?? 1, 1...Self.largestCount)
        try check("batch_size", batchSize, 2...LoaderOptions.largestBatch)
        try check(
            data.emoji == nil || batchSize % 2 == 0, "batch_size",
            "expected an even number for emoji scenes, which come by twos, found \(batchSize)")
        try check("warmup_steps", warmupSteps, 0...Self.largestCount)
        try check("checkpoint_every", checkpointEvery, 0...Self.largestCount)
        try check("loader_threads", loaderThreads, 1...1024)
        try check((0...1).contains(badSampleLimit), "bad_sample_limit", "expected 0 to 1, found \(badSampleLimit)")
        try check("learning_rate", learningRate, from: .leastNormalMagnitude)
        try check("twin_weight", twinWeight, from: 0)
        try check(
            twinWeight == 0 || data.emoji != nil, "twin_weight", "expected data that comes in twins, such as emoji")
        try validateSteps()
        try check("largest_logit_scale", largestLogitScale, from: 1)
        try check(image.mean.count == 3, "image.mean", "expected three numbers, found \(image.mean.count)")
        try check(image.std.count == 3, "image.std", "expected three numbers, found \(image.std.count)")
        try check(image.mean.allSatisfy(\.isFinite), "image.mean", "expected finite numbers")
        try check(image.std.allSatisfy { $0 > 0 && $0.isFinite }, "image.std", "expected finite numbers above 0")
        try validateStart()
        try validateTokenizer()
        try lora?.validate(start: start, lock: lock)
        try head?.validate(self)
        try optimiser.validate()
        try data.validate()
        try validation?.validate()
    }

    /// Throws where what a step does means nothing.
    private func validateSteps() throws {
        try check("micro_batch_size", microBatchSize ?? 1, 1...LoaderOptions.largestBatch)
        try check(
            microBatchSize ?? 1 <= batchSize, "micro_batch_size",
            "expected at most batch_size, \(batchSize), found \(microBatchSize ?? 1)")
        try check("checkpoints_kept", checkpointsKept, 1...1000)
        try check(
            (0..<1).contains(patchDropout), "patch_dropout", "expected a share from 0 up to 1, found \(patchDropout)")
        if let averageDecay {
            try check(
                (0..<1).contains(averageDecay), "average_decay",
                "expected a number from 0 up to 1, found \(averageDecay)"
            )
        }
        try check("distillation.weight", distillation?.weight ?? 0, from: 0)
        try check(
            !equalImagesMatch || data.emoji == nil, "equal_images_match",
            "expected images with names, found emoji scenes"
        )
        try validateSchedule()
    }

    private func validateSchedule() throws {
        let plain = ScheduleConfiguration()
        guard schedule.kind == .constantCooldown else {
            let others = [
                ("steps", schedule.cooldownSteps == plain.cooldownSteps),
                ("power", schedule.cooldownPower == plain.cooldownPower),
                ("end", schedule.cooldownEnd == plain.cooldownEnd),
            ]
            for (name, isPlain) in others where !isPlain {
                throw TrainingError(
                    "schedule.cooldown_\(name)",
                    "expected none for the schedule \(schedule.kind.rawValue), which has no "
                        + "cooldown")
            }
            return
        }
        try check("schedule.cooldown_steps", schedule.cooldownSteps, 1...Self.largestCount)
        try check("schedule.cooldown_power", schedule.cooldownPower, from: .leastNormalMagnitude)
        try check("schedule.cooldown_end", schedule.cooldownEnd, from: 0)
        try check(
            schedule.cooldownEnd <= learningRate,
            "schedule.cooldown_end", "expected at most learning_rate, \(learningRate), found \(schedule.cooldownEnd)")
    }

    /// Throws where the rise and the fall of the learning rate do not fit into a run of `steps`.
    func validateSchedule(steps: Int) throws {
        guard schedule.kind == .constantCooldown, warmupSteps + schedule.cooldownSteps > steps else { return }
        throw TrainingError(
            "schedule.cooldown_steps",
            "expected at most \(max(0, steps - warmupSteps)), the run's \(steps) steps without "
                + "warmup_steps, found \(schedule.cooldownSteps)")
    }

    /// Throws where a vocabulary cannot be learned, or the model asks for another one.
    private func validateTokenizer() throws {
        guard let size = tokenizer?.learn else { return }
        try check(
            "tokenizer.learn", size, VocabularyLearner.smallestVocabularySize...CLIPConfiguration.largestVocabulary)
        guard case .custom(let architecture) = model else { return }
        let (found, plain) = (architecture.text.vocabularySize, TextTransformerConfiguration().vocabularySize)
        try check(
            found == plain || found == size, "model.text_cfg.vocab_size",
            "expected none beside tokenizer.learn, which says \(size), found \(found)")
    }

    /// Throws where a model to go on from brings what is asked for beside it.
    private func validateStart() throws {
        guard start != nil else { return }
        try check(image == ImageConfiguration(), "image", "expected none where start brings its own mean and std")
        try check(imagePositions == .published, "image_positions", "expected none where start brings its own")
    }

    /// Throws where a run cannot train the architecture, before anything is made for it.
    func validate(_ architecture: CLIPConfiguration) throws {
        do {
            try architecture.validate()
        } catch let error as ConfigurationError {
            throw TrainingError("\(start == nil ? "model" : "start").\(error.name)", error.reason)
        }
        // The start and the end token.
        try check("model.text_cfg.context_length", architecture.text.contextLength, 2...Int.max)
        let scale = architecture.initialLogitScale
        try check(abs(scale) <= 20, "model.init_logit_scale", "expected a number from -20 to 20, found \(scale)")
        if patchDropout > 0, architecture.vision.patchCount == nil {
            throw TrainingError(
                "patch_dropout", "expected none for an image tower without patches, found \(patchDropout)")
        }
        if loss == .sigmoid, architecture.initialLogitBias == nil {
            throw TrainingError(
                "loss",
                "expected contrastive for a model without a bias on its logits (model.init_logit_bias, published "
                    + "as -10 beside init_logit_scale 2.3026), found sigmoid")
        }
        if imagePositions == .planeWaves, !architecture.vision.isTransformer {
            throw TrainingError("image_positions", "expected published for this image tower, found plane_waves")
        }
        guard data.emoji != nil else { return }
        try check("model.vision_cfg.image_size", architecture.vision.imageSize, 16...1024, " for emoji scenes")
    }
}

extension VisionConfiguration {
    /// Whether the tower is CLIP's transformer, whose positions may be drawn in more than one way.
    fileprivate var isTransformer: Bool {
        if case .transformer = self { true } else { false }
    }
}

extension OptimiserConfiguration {
    fileprivate func validate() throws {
        for (name, beta) in [("beta1", beta1), ("beta2", beta2)] where !(0..<1).contains(beta) {
            throw TrainingError("optimiser.\(name)", "expected a number from 0 up to 1, found \(beta)")
        }
        try check("optimiser.epsilon", epsilon, from: .leastNormalMagnitude)
        try check("optimiser.weight_decay", weightDecay, from: 0)
        try check(
            layerDecay > 0 && layerDecay <= 1,
            "optimiser.layer_decay", "expected a number above 0 and up to 1, found \(layerDecay)")
        try check("optimiser.gradient_norm_limit", gradientNormLimit ?? 1, from: .leastNormalMagnitude)
    }
}

func check(_ isValid: Bool, _ key: String, _ reason: String) throws {
    if !isValid { throw TrainingError(key, reason) }
}

func check(_ key: String, _ value: Int, _ range: ClosedRange<Int>, _ purpose: String = "") throws {
    if range.contains(value) { return }
    let expected =
        range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
    throw TrainingError(key, "expected \(expected)\(purpose), found \(value)")
}

func check(_ key: String, _ value: Double, from least: Double) throws {
    if value >= least && value.isFinite { return }
    let expected = least > 0 && least < 1e-300 ? "above 0" : "from \(least)"
    throw TrainingError(key, "expected a number \(expected), found \(value)")
}
