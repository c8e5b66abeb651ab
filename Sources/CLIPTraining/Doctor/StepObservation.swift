import CLIPData

/// What the doctor sees of a step.
struct StepObservation {
    let step: Int
    let loss: Double
    let logitScale: Double
    let gradientNorm: Double
    /// The pairs of the batch.
    let pairs: Int
    /// How many of them have the caption of one before them.
    let repeatedCaptions: Int
    /// How many texts were cut.
    let cutTexts: Int
    /// The share of the step's time that was spent waiting for its batch.
    let dataWait: Double
}

extension StepObservation {
    init(_ metrics: MetricsLine, _ batch: Batch, dataWait: Double) {
        self.init(
            step: metrics.step, loss: metrics.loss, logitScale: metrics.logitScale, gradientNorm: metrics.gradientNorm,
            pairs: batch.count,
            repeatedCaptions: batch.firstEqual.enumerated().count { $0.offset != Int($0.element) },
            cutTexts: batch.truncatedCount, dataWait: dataWait)
    }
}
