import CLIPTraining
import Testing

@Suite("The learning rate")
struct LearningRateScheduleTests {
    @Test("It rises in a line and falls along half a cosine to 0")
    func shape() {
        let schedule = LearningRateSchedule(peak: 1, warmupSteps: 4, steps: 104)
        #expect((0..<4).map(schedule.rate) == [0.25, 0.5, 0.75, 1])
        #expect(schedule.rate(at: 4) == 1)
        #expect(abs(schedule.rate(at: 54) - 0.5) < 1e-12)
        #expect(schedule.rate(at: 104) < 1e-12)
        #expect(schedule.rate(at: 1000) < 1e-12)
    }

    @Test("A run without a rise, or of nothing but one, has finite rates")
    func extremes() {
        #expect(LearningRateSchedule(peak: 2, warmupSteps: 0, steps: 10).rate(at: 0) == 2)
        #expect(LearningRateSchedule(peak: 2, warmupSteps: 10, steps: 10).rate(at: 10) == 2)
    }

    @Test("A constant rate stays, and a cooldown brings it down at the end by a power of what is left")
    func constant() {
        let constant = LearningRateSchedule(peak: 1, warmupSteps: 2, steps: 10, shape: .constant)
        #expect([0, 1, 2, 9].map(constant.rate) == [0.5, 1, 1, 1])
        let cooldown = LearningRateSchedule(
            peak: 1, warmupSteps: 2, steps: 10, shape: .constantCooldown(steps: 4, power: 2, end: 0.2))
        #expect([2, 5, 6].map(cooldown.rate) == [1, 1, 1])
        #expect(abs(cooldown.rate(at: 8) - (0.25 * 0.8 + 0.2)) < 1e-12)
        #expect(abs(cooldown.rate(at: 10) - 0.2) < 1e-12)
    }
}
