import CLIP
import CLIPEvaluation
import CLIPTensor
import Testing

@Suite struct FewShotTests {
    private static let methods: [any FewShotMethod] = [
        FewShotProbe(), TipAdapter(), TrainedTipAdapter(), ResidualAdapter(), LPPlusPlus(),
    ]

    private func accuracy(_ adapter: FewShotAdapter, _ data: LabelledFeatures) throws -> Double {
        let found = try adapter.classify(data.features.normalized())
        let hits = zip(found, data.labels).count { $0.best.label == data.classes[$1] }
        return Double(hits) / Double(data.count)
    }

    @Test("every method learns more than the sentences know, and the same each time", arguments: 0..<5)
    func learning(index: Int) throws {
        let (data, method) = (try SyntheticFeatures(), Self.methods[index])
        let study = try FewShotStudy(pool: data.train, test: data.test, text: data.text, logitScale: 20)
        let zeroShot = try study.run(shots: [1], methods: [LPPlusPlus()]).zeroShot
        let adapter = try method.learn(data.problem())
        let reached = try accuracy(adapter, data.test)
        #expect(reached > zeroShot, "\(method.name): \(reached), \(zeroShot)")
        #expect(adapter.method == method.name && adapter.shots == 24 && adapter.labels == data.train.classes)
        #expect(try method.learn(data.problem()) == adapter)
    }

    @Test("what must be chosen asks for validation images; LP++ needs none")
    func withoutValidation() throws {
        let problem = try SyntheticFeatures().problem(validates: false)
        for method in Self.methods.dropLast() {
            let error = #expect(throws: EvaluationError.self) { try method.learn(problem) }
            #expect(error?.description.contains("found none") == true)
        }
        #expect(try LPPlusPlus().learn(problem).method == "LP++")
    }

    @Test("the constants of Tip-Adapter are those of the grid that classify the validation images best")
    func constants() throws {
        let data = try SyntheticFeatures(noise: 0.5)
        let adapter = try TipAdapter().learn(data.problem())
        guard case .cache(let found) = adapter.form else { throw EvaluationError("no cache") }
        let best = try accuracy(adapter, data.validation)
        for alpha in TipAdapter().alphas {
            for beta in TipAdapter().betas {
                var other = found
                (other.alpha, other.beta) = (alpha, beta)
                let rival = FewShotAdapter(labels: adapter.labels, form: .cache(other), method: "", shots: 1)
                #expect(try accuracy(rival, data.validation) <= best)
            }
        }
    }

    @Test("LP++ lowers its objective")
    func descent() throws {
        let data = try SyntheticFeatures()
        var descent = try BlendedDescent(
            images: data.train.features.tensor(), targets: Tensor(data.train.labels.map(Int64.init), shape: [120]),
            text: data.text.tensor(), momentum: 0.9)
        let start = try descent.objective()
        for iteration in 1...300 { try descent.advance(movesMultipliers: iteration.isMultiple(of: 10)) }
        #expect(try descent.objective() < start / 2)
    }

    @Test("a sample has k images a class, others to choose by, and is part of those with more shots")
    func sampling() throws {
        let pool = try SyntheticFeatures().train
        let samples = [1, 2, 4, 8, 16].map { FewShotSample(of: pool, shots: $0, seed: 7) }
        for (sample, shots) in zip(samples, [1, 2, 4, 8, 16]) {
            #expect(pool.subset(sample.train).countsByClass == [Int](repeating: shots, count: 5))
            #expect(pool.subset(sample.validation).countsByClass == [Int](repeating: min(shots, 4), count: 5))
            #expect(Set(sample.train).isDisjoint(with: sample.validation) && sample.shortages.isEmpty)
        }
        for (fewer, more) in zip(samples, samples.dropFirst()) {
            #expect(Set(fewer.train).isSubset(of: more.train))
        }
        #expect(FewShotSample(of: pool, shots: 4, seed: 7) == samples[2])
        #expect(FewShotSample(of: pool, shots: 4, seed: 8) != samples[2])
        // These rows must never change: published accuracies hang on them.
        #expect(samples[0].train == [8, 20, 31, 107, 119] && samples[0].validation == [9, 58, 90, 91, 97])
        #expect(FewShotSample(of: pool, shots: 4, seed: 7, drawsValidation: false).validation.isEmpty)
    }

    @Test("a class with fewer images has all of them to learn from, and is named")
    func shortage() throws {
        let pool = try LabelledFeatures(
            Embeddings(width: 1, values: [Float](repeating: 1, count: 9)), labels: [0, 0, 0, 1, 1, 1, 1, 1, 1],
            classes: ["few", "many"])
        let sample = FewShotSample(of: pool, shots: 4, seed: 1)
        #expect(pool.subset(sample.train).countsByClass == [3, 4])
        #expect(pool.subset(sample.validation).countsByClass == [0, 2])
        #expect(sample.shortages.map(\.label) == ["few", "many"])
        #expect(sample.shortages.map(\.train) == [3, 4] && sample.shortages.map(\.validation) == [0, 2])
    }

    @Test("a study gives each method's accuracy for shots and seeds, with mean and deviation, and tells its progress")
    func study() throws {
        let data = try SyntheticFeatures()
        var study = try FewShotStudy(pool: data.train, test: data.test, text: data.text, logitScale: 20)
        (study.shots, study.seeds, study.methods) = ([1, 16], [1, 2, 3], [TipAdapter(), LPPlusPlus()])
        var seen: [String] = []
        let result = try study.run { progress in
            seen.append("\(progress.method) \(progress.shots) \(progress.seed) \(progress.done) \(progress.total)")
        }
        #expect(seen.count == 12 && seen[0] == "Tip-Adapter 1 1 1 12" && seen[11] == "LP++ 16 3 12 12")
        #expect(result.outcomes.map(\.method) == ["Tip-Adapter", "LP++", "Tip-Adapter", "LP++"])
        #expect(result.outcomes.map(\.shots) == [1, 1, 16, 16])
        #expect(result.outcomes.allSatisfy { $0.accuracies.count == 3 })
        #expect(result.outcomes[3].mean > result.outcomes[1].mean)
        #expect(try study.run() == result)
        struct Stop: Error {}
        #expect(throws: Stop.self) { try study.run { _ in throw Stop() } }
    }

    @Test("the deviation is that of a sample, and 0 of one seed")
    func deviation() {
        let outcome = FewShotStudy.Outcome(method: "", shots: 1, accuracies: [0.5, 0.7, 0.6])
        #expect(abs(outcome.mean - 0.6) < 1e-12 && abs(outcome.deviation - 0.1) < 1e-12)
        #expect(FewShotStudy.Outcome(method: "", shots: 1, accuracies: [0.5]).deviation == 0)
    }

    @Test("a class without a training image is refused by its name")
    func missingClass() throws {
        let data = try SyntheticFeatures()
        let lacking = data.train.subset(data.train.labels.indices.filter { data.train.labels[$0] != 2 })
        let error = #expect(throws: EvaluationError.self) {
            try FewShotStudy(pool: lacking, test: data.test, text: data.text, logitScale: 20)
        }
        #expect(error?.description == "class \"class 2\": expected at least one training image, found none")
    }
}

extension FewShotStudy {
    fileprivate func run(shots: [Int], methods: [any FewShotMethod]) throws -> Result {
        var study = self
        (study.shots, study.seeds, study.methods) = (shots, [1], methods)
        return try study.run()
    }
}
