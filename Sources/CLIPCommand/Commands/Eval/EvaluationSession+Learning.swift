internal import CLIP
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles
internal import Foundation

extension EvaluationSession {
    /// The features of the sets that a classifier learns from and is measured on.
    private mutating func features(_ sets: LearningSets, _ model: OpenedModel) async throws -> LearningSets.Features {
        let bar = ProgressBar("embedding", total: sets.count, unit: "images")
        let features = try await sets.features(by: model.features) { bar.advance(by: $0) }
        fail(features.failures, of: sets.count, above: bar)
        tell(strangers: features.strangers, "are of classes without a training image")
        return features
    }

    /// Fits the paper's linear probe to what the image tower projects.
    mutating func probe(_ sets: LearningSets) async throws {
        var answers: [(Accuracy, [Int])] = []
        for name in models.names {
            let model = try await open(name)
            let found = try await features(sets, model)
            let seed = seed
            let bar = ProgressBar("fitting", total: 20, unit: "penalties")
            let (probe, accuracy) = try await worker {
                let parts = found.pooled.split(seed: seed)
                let probe = try LinearProbe(train: parts.train, validation: parts.validation) { trial in
                    bar.advance(detail: "penalty \(String(format: "%.2g", trial.lambda))")
                }
                let scores = try probe.fit.scores(found.pooled.test.features)
                return (probe, Accuracy(scores, truths: found.pooled.test.labels))
            }
            bar.finish()
            for trial in probe.trials where !trial.isConverged {
                Console.report("the fit with a penalty of \(trial.lambda) ended after \(trial.iterations) steps")
            }
            report.add(
                Evaluation(
                    task: .probe, model: name, dataset: sets.test.name, images: found.tested.count,
                    leftOut: found.failures.count + found.strangers,
                    figures: accuracy.figures(bootstrap), details: probe.details),
                architecture: model.clip.architectureName)
            if output.output != nil {
                report.add(
                    ProbeSection(probe, model: name, dataset: sets.test.name, training: found.pooled.train.count)
                        .html(report.sectionCount))
            }
            if let (first, tested) = answers.first, tested == found.tested {
                let result = PairedComparison(
                    "acc1", first: first.ranks.map { $0 == 0 }, second: accuracy.ranks.map { $0 == 0 },
                    bootstrap: bootstrap)
                report.add(
                    .init(
                        first: "\(models.names[0]), probe", second: "\(name), probe", dataset: sets.test.name,
                        result: result))
            }
            answers.append((accuracy, found.tested))
        }
    }

    /// Lets few-shot methods learn from few images a class.
    mutating func fewShot(_ sets: LearningSets, prompts: PromptOptions, _ options: FewShotOptions) async throws {
        let classes = try prompts.classes(of: sets.train)
        for name in models.names {
            let model = try await open(name)
            let found = try await features(sets, model)
            let text = ZeroShotClassifier(
                classes, rows: try await model.features.embeddings(of: classes.flatMap(\.prompts))
            ).weights
            let scale = try await model.clip.logitFactor()
            let methods = options.methods
            let bar = ProgressBar(
                "learning", total: options.shots.count * options.seeds.count * methods.count, unit: "classifiers")
            let (result, adapter) = try await worker {
                var study = try FewShotStudy(
                    pool: found.embeddings.train, validation: found.embeddings.validation, test: found.embeddings.test,
                    text: text, logitScale: scale)
                (study.shots, study.seeds, study.methods) = (options.shots, options.seeds, methods)
                var adapter: FewShotAdapter?
                let result = try study.run { progress in
                    adapter = adapter ?? progress.adapter
                    bar.advance(detail: "\(progress.method), \(progress.shots) shots")
                    try Task.checkCancellation()
                }
                return (result, adapter)
            }
            bar.finish()
            tell(result.shortages, sets)
            report.add(
                Evaluation(
                    task: .fewShot, model: name, dataset: sets.test.name, images: found.tested.count,
                    leftOut: found.failures.count + found.strangers, figures: result.figures, details: result.details),
                architecture: model.clip.architectureName)
            if output.output != nil {
                report.add(
                    FewShotSection(result, model: name, dataset: sets.test.name).html(report.sectionCount))
            }
            if let folder = options.save, var adapter {
                adapter.model = try await model.clip.weightsDigest()
                try adapter.write(to: folder)
                Console.report("\(folder): \(adapter.method), for clip classify --adapter")
            }
        }
    }

    private mutating func tell(_ shortages: [Int: [FewShotSample.Shortage]], _ sets: LearningSets) {
        guard let (shots, classes) = shortages.max(by: { $0.key < $1.key }) else { return }
        let line =
            "\(classes.count) of \(sets.train.classes.count) classes of \(sets.train.name) have too few images for \(shots) to "
            + "learn from and others to choose by: they give what they have"
        tell(line)
    }
}

extension LinearProbe {
    /// What the document has beside the figures.
    fileprivate var details: [JSON.Member] {
        [
            .init("lambda", .number(fit.lambda)),
            .init(
                "trials",
                .array(
                    trials.map { trial in
                        [
                            "lambda": .number(trial.lambda), "validation_accuracy": .number(trial.accuracy),
                            "iterations": .integer(trial.iterations), "converged": .bool(trial.isConverged),
                        ]
                    })),
        ]
    }
}

extension FewShotStudy.Result {
    /// What the document has beside the figures.
    fileprivate var details: [JSON.Member] {
        [
            .init(
                "outcomes",
                .array(
                    outcomes.map { outcome in
                        [
                            "method": .string(outcome.method), "shots": .integer(outcome.shots),
                            "mean": .number(outcome.mean), "deviation": .number(outcome.deviation),
                            "accuracies": .array(outcome.accuracies.map(JSON.number)),
                        ]
                    }))
        ]
    }
}
