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
}
