import CLIPImaging
import CLIPModels

extension TrainingConfiguration {
    /// What each step of the run does.
    func trainerConfiguration(_ plan: TrainingPlan) -> Trainer.Configuration {
        var trainer = Trainer.Configuration(
            schedule: schedule(steps: plan.steps), mean: plan.preprocessing.mean, std: plan.preprocessing.std)
        trainer.optimiser = optimiser
        trainer.precision = precision
        trainer.loss = lossConfiguration
        trainer.microBatchSize = microBatchSize
        trainer.recomputesBlocks = activationCheckpointing
        trainer.patchDropout = patchDropout
        trainer.averageDecay = averageDecay
        trainer.largestLogitScale = largestLogitScale
        trainer.freezesLockedStatistics = plan.trained.freezesStatistics
        trainer.seed = seed
        return trainer
    }

    /// How the embeddings of a batch are compared.
    var lossConfiguration: LossConfiguration {
        var result = LossConfiguration()
        result.kind = loss
        result.equalCaptionsMatch = equalCaptionsMatch
        result.equalImagesMatch = equalImagesMatch
        result.twinWeight = twinWeight
        result.distillationWeight = distillation?.weight ?? 1
        return result
    }

    private func schedule(steps: Int) -> LearningRateSchedule {
        let shape: LearningRateSchedule.Shape =
            switch schedule.kind {
            case .cosine: .cosine
            case .constant: .constant
            case .constantCooldown:
                .constantCooldown(
                    steps: schedule.cooldownSteps, power: schedule.cooldownPower, end: schedule.cooldownEnd)
            }
        return LearningRateSchedule(peak: learningRate, warmupSteps: warmupSteps, steps: steps, shape: shape)
    }
}
