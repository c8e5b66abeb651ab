internal import Foundation

/// Watches a run for what makes runs fail without a word, and says each thing once.
package struct Doctor {
    /// What of a run decides what is healthy.
    package struct Regimen {
        let steps: Int
        let batchSize: Int
        let learningRate: Double
        let warmupSteps: Int
        let largestLogitScale: Double
        let equalCaptionsMatch: Bool
        let distinctCaptions: Bool
        let limitsGradients: Bool
        let contextLength: Int
        /// How many classes a classifier learns, where one is trained and no text is seen.
        let classCount: Int?
        /// The loss of a model that tells no pair from another, or no class.
        let chanceLoss: Double

        /// The values of a run of `steps`, whose texts have at most `contextLength` tokens.
        package init(_ run: TrainingConfiguration, steps: Int, contextLength: Int, classCount: Int? = nil) {
            self.steps = steps
            self.contextLength = contextLength
            self.classCount = classCount
            (batchSize, learningRate, warmupSteps) = (run.batchSize, run.learningRate, run.warmupSteps)
            largestLogitScale = run.largestLogitScale
            (equalCaptionsMatch, distinctCaptions) = (run.equalCaptionsMatch, run.distinctCaptions)
            limitsGradients = run.optimiser.gradientNormLimit != nil
            chanceLoss = run.chanceLoss(classCount: classCount)
        }
    }

    private var watchers: [any Watcher]
    private var said: Set<Ailment>
    private var spread: SpreadWatcher

    /// A doctor for a run; `earlier` findings are not repeated.
    package init(_ regimen: Regimen, earlier: [Finding] = []) {
        let ofTexts: [any Watcher] = [RepetitionWatcher(regimen), CutTextWatcher(regimen), LogitScaleWatcher(regimen)]
        watchers = [
            WarmupWatcher(regimen), StuckLossWatcher(regimen), GradientWatcher(regimen), DataWaitWatcher(),
        ]
        // A classifier sees no text.
        if regimen.classCount == nil { watchers += ofTexts }
        spread = SpreadWatcher(regimen)
        said = Set(earlier.map(\.ailment))
    }

    /// What a step showed for the first time.
    package mutating func observe(_ step: StepObservation) -> [Finding] {
        new(watchers.indices.compactMap { watchers[$0].look(at: step) })
    }

    /// What embeddings showed for the first time.
    package mutating func observe(_ spread: EmbeddingSpread, at step: Int) -> [Finding] {
        new([self.spread.look(at: spread, step)].compactMap(\.self))
    }

    private mutating func new(_ findings: [Finding]) -> [Finding] {
        findings.filter { said.insert($0.ailment).inserted }
    }
}

/// Looks for one ailment in the steps of a run.
protocol Watcher {
    mutating func look(at step: StepObservation) -> Finding?
}

/// The last so many values.
struct RecentValues {
    private(set) var values: [Double] = []
    let capacity: Int

    init(_ capacity: Int) { self.capacity = capacity }

    var isFull: Bool { values.count == capacity }
    var mean: Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
    var median: Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }

    mutating func append(_ value: Double) {
        if isFull { values.removeFirst() }
        values.append(value)
    }
}

extension Double {
    /// A few digits for a sentence: "5.52", "0.00031", "1.2e-09".
    var short: String { String(format: "%.3g", self) }

    /// A share as whole percents.
    var share: String { "\(Int((self * 100).rounded())) %" }
}

extension TrainingConfiguration {
    /// The loss of a model that tells no pair of a batch from another: ln B; of the sigmoid loss with the best answer that is
    /// the same for all pairings, −ln 1/B − (B − 1) ln (1 − 1/B). Of a classifier that tells no class from another, ln C.
    func chanceLoss(classCount: Int?) -> Double {
        if let classCount { return log(Double(classCount)) }
        let count = Double(batchSize)
        let others = twinWeight * log(2) + (distillation?.weight ?? 0) * log(count)
        switch loss {
        case .contrastive: return log(count) + others
        case .sigmoid: return log(count) - (count - 1) * log(1 - 1 / count) + others
        }
    }
}
