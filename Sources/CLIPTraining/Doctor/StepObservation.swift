import CLIPData

/// What the doctor sees of a step.
package struct StepObservation {
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

    package init(
        step: Int, loss: Double, logitScale: Double, gradientNorm: Double, pairs: Int, repeatedCaptions: Int,
        cutTexts: Int, dataWait: Double
    ) {
        (self.step, self.loss, self.logitScale, self.gradientNorm) = (step, loss, logitScale, gradientNorm)
        (self.pairs, self.repeatedCaptions, self.cutTexts) = (pairs, repeatedCaptions, cutTexts)
        self.dataWait = dataWait
    }
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
