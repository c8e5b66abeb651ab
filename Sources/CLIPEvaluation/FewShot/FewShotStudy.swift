public import CLIP
internal import CLIPTensor

/// A comparison of few-shot methods: for each number of shots and each seed a sample of the training set is drawn, each method
/// learns from it, and what it learned is held against the test set, which no method sees.
///
/// ```swift
/// let study = try FewShotStudy(pool: train, test: test, text: classifier.weights, logitScale: 100)
/// let result = try study.run { print($0.method, $0.shots, $0.accuracy) }
/// print(result.zeroShot, result.outcomes[0].mean, result.outcomes[0].deviation)
/// ```
public struct FewShotStudy: Sendable {
    /// The numbers of shots.
    public var shots = [1, 2, 4, 8, 16]
    /// The seeds of the samples.
    public var seeds: [UInt64] = [1, 2, 3]
    /// The methods.
    public var methods: [any FewShotMethod] = [
        FewShotProbe(), TipAdapter(), TrainedTipAdapter(), ResidualAdapter(), LPPlusPlus(),
    ]

    private let pool: LabelledFeatures
    private let validation: LabelledFeatures?
    private let test: LabelledFeatures
    private let text: Embeddings
    private let logitScale: Double

    /// One method has learned from one sample.
    public struct Progress: Sendable {
        public let method: String
        public let shots: Int
        public let seed: UInt64
        /// The share of the test images that it classifies rightly.
        public let accuracy: Double
        /// What it learned.
        public let adapter: FewShotAdapter
        /// The methods that have learned from a sample, of ``total``.
        public let done: Int
        public let total: Int
    }

    /// What a method reached with so many shots.
    public struct Outcome: Sendable, Hashable {
        public let method: String
        public let shots: Int
        /// The accuracy of each seed, from 0 to 1.
        public let accuracies: [Double]

        /// Puts accuracies together.
        public init(method: String, shots: Int, accuracies: [Double]) {
            (self.method, self.shots, self.accuracies) = (method, shots, accuracies)
        }

        /// The mean over the seeds.
        public var mean: Double { accuracies.reduce(0, +) / Double(max(1, accuracies.count)) }

        /// The standard deviation over the seeds, estimated from them as a sample; 0 of one.
        public var deviation: Double {
            guard accuracies.count > 1 else { return 0 }
            let squares = accuracies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (squares / Double(accuracies.count - 1)).squareRoot()
        }
    }

    /// What came of a study.
    public struct Result: Sendable, Hashable {
        /// The accuracy without training.
        public let zeroShot: Double
        /// A line for each number of shots and method, in their order.
        public let outcomes: [Outcome]
        /// The classes that have fewer images than a number of shots asks for, by that number.
        public let shortages: [Int: [FewShotSample.Shortage]]

        /// The mean accuracies as figures, such as `acc1_lp++_16_shots`, and the one without training, `acc1`.
        public var figures: [Figure] {
            [Figure("acc1", zeroShot)]
                + outcomes.map { outcome in
                    let method = outcome.method.lowercased().replacing(" ", with: "-")
                    return Figure("acc1_\(method)_\(outcome.shots)_shots", outcome.mean)
                }
        }
    }

    /// A study of features that one model gave.
    ///
    /// - Parameters:
    ///   - pool: The training set, with images of every class.
    ///   - validation: Images to choose by; nil draws some of the training set, min(k, 4) a class.
    ///   - test: The test set.
    ///   - text: The embeddings of the classes' sentences, a row for each class.
    ///   - logitScale: The model's factor on cosines.
    /// - Throws: ``EvaluationError`` where they do not fit together, a class has no training image, or there is no test image.
    public init(
        pool: LabelledFeatures, validation: LabelledFeatures? = nil, test: LabelledFeatures, text: Embeddings,
        logitScale: Double
    ) throws {
        try pool.checkFits(test, "test")
        guard test.count > 0 else { throw EvaluationError("expected test images, found none") }
        // Throws for all that a problem is refused for.
        _ = try FewShotProblem(
            train: pool, validation: validation ?? pool.subset([]), text: text, logitScale: logitScale, shots: 1)
        (self.pool, self.validation, self.test) = (pool, validation, test.normalized())
        (self.text, self.logitScale) = (text.normalized(), logitScale)
    }

    /// Runs the study where it is called: call it on one `TensorThread`.
    ///
    /// - Parameter progress: Is told each step when it is done. What it throws ends the study.
    public func run(progress: (Progress) throws -> Void = { _ in }) throws -> Result {
        guard shots.allSatisfy({ $0 > 0 }), !shots.isEmpty, !seeds.isEmpty, !methods.isEmpty else {
            throw EvaluationError("expected shots of at least 1, seeds and methods, found \(shots) and \(seeds)")
        }
        let (images, targets) = (try test.features.tensor(), try test.targets())
        var accuracies: [[Int]: [Double]] = [:]
        var (shortages, done): ([Int: [FewShotSample.Shortage]], Int) = ([:], 0)
        for count in shots {
            for seed in seeds {
                let sample = FewShotSample(of: pool, shots: count, seed: seed, drawsValidation: validation == nil)
                if !sample.shortages.isEmpty { shortages[count] = sample.shortages }
                let problem = try problem(sample, count)
                for (index, method) in methods.enumerated() {
                    let adapter = try method.learn(problem)
                    let accuracy = try withoutGradients {
                        try ValidationScore.accuracy(adapter.logits(images), targets)
                    }
                    accuracies[[count, index], default: []].append(accuracy)
                    done += 1
                    try progress(
                        Progress(
                            method: method.name, shots: count, seed: seed, accuracy: accuracy, adapter: adapter,
                            done: done,
                            total: shots.count * seeds.count * methods.count))
                }
            }
        }
        let outcomes = shots.flatMap { count in
            methods.enumerated().map { index, method in
                Outcome(method: method.name, shots: count, accuracies: accuracies[[count, index]] ?? [])
            }
        }
        let zeroShot = try withoutGradients {
            try ValidationScore.accuracy(images.linear(weight: text.tensor()), targets)
        }
        return Result(zeroShot: zeroShot, outcomes: outcomes, shortages: shortages)
    }

    /// What methods see of a sample.
    private func problem(_ sample: FewShotSample, _ shots: Int) throws -> FewShotProblem {
        try FewShotProblem(
            train: pool.subset(sample.train), validation: validation ?? pool.subset(sample.validation), text: text,
            logitScale: logitScale, shots: shots)
    }
}
