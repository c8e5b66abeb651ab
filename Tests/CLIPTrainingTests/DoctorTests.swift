import CLIPTensor
import CLIPTraining
import Foundation
import Testing

@Suite("The doctor")
struct DoctorTests {
    /// A run of which nothing is to be said.
    private static var healthyRun: TrainingConfiguration {
        var run = TrainingConfiguration()
        (run.batchSize, run.warmupSteps, run.learningRate) = (128, 20, 5e-4)
        return run
    }

    /// What a step of it shows: a loss that falls from that of guessing.
    private static func healthy(_ step: Int) -> StepObservation {
        observation(step, loss: max(0.5, 4.85 - 0.02 * Double(step)))
    }

    private static func observation(
        _ step: Int, loss: Double = 1, logitScale: Double = 20, gradientNorm: Double = 2, repeated: Int = 1,
        cut: Int = 1, dataWait: Double = 0.05
    ) -> StepObservation {
        StepObservation(
            step: step, loss: loss, logitScale: logitScale, gradientNorm: gradientNorm, pairs: 128,
            repeatedCaptions: repeated, cutTexts: cut, dataWait: dataWait)
    }

    private func examine(
        of run: TrainingConfiguration = healthyRun, steps: Int = 400, earlier: [Finding] = [],
        _ observation: (Int) -> StepObservation
    ) -> [Finding] {
        var doctor = Doctor(Doctor.Regimen(run, steps: steps, contextLength: 77), earlier: earlier)
        return (1...steps).flatMap { doctor.observe(observation($0)) }
    }

    @Test("says nothing of a healthy run")
    func health() {
        let findings = examine { Self.healthy($0) }
        #expect(findings.isEmpty)
    }

    @Test("names a loss that stays near that of guessing, once, in one line, and not before the model had time")
    func stuckLoss() throws {
        let findings = examine { Self.observation($0, loss: 4.84) }
        let finding = try #require(findings.first)
        #expect(findings.map(\.ailment) == [.stuckLoss] && finding.step == 120)
        #expect(finding.description.contains("4.84") && finding.description.contains("4.85"))
        #expect(!finding.description.contains("\n"))
    }

    @Test("names captions that repeat, and the option that helps where it is not set already")
    func repeatedCaptions() {
        let findings = examine { Self.observation($0, repeated: 30) }
        #expect(findings.map(\.ailment) == [.repeatedCaptions] && findings[0].step == 4)
        #expect(findings[0].seen.hasPrefix("23 %") && findings[0].advice.contains("distinct_captions"))
        var run = Self.healthyRun
        run.distinctCaptions = true
        let others = examine(of: run) { Self.observation($0, repeated: 30) }
        #expect(others.map(\.ailment) == [.repeatedCaptions] && others[0].advice.contains("too few captions"))
        run.equalCaptionsMatch = true
        let matching = examine(of: run) { Self.observation($0, repeated: 30) }
        #expect(matching.isEmpty)
    }

    @Test("names texts that are cut")
    func cutTexts() {
        let findings = examine { Self.observation($0, cut: 20) }
        #expect(findings.map(\.ailment) == [.cutTexts] && findings[0].seen.contains("77 tokens"))
    }

    @Test("names a high rate without a warm-up, and a warm-up without an end; a low rate needs none")
    func warmup() {
        var run = Self.healthyRun
        run.warmupSteps = 0
        let hot = examine(of: run, { Self.healthy($0) })
        #expect(hot.map(\.ailment) == [.warmup])
        let trial = examine(of: run, steps: 20) { Self.healthy($0) }
        #expect(trial.isEmpty)
        run.learningRate = 1e-5
        let cool = examine(of: run, { Self.healthy($0) })
        #expect(cool.isEmpty)
        run.warmupSteps = 400
        let endless = examine(of: run, { Self.healthy($0) })
        #expect(endless.map(\.ailment) == [.warmup])
    }

    @Test("names a factor on similarities that comes to its bound, but not one that began there")
    func logitScale() {
        let findings = examine { Self.observation($0, logitScale: min(100, 10 + Double($0))) }
        #expect(findings.map(\.ailment) == [.logitScaleBound] && findings[0].step == 99)
        let published = examine { Self.observation($0, logitScale: 100) }
        #expect(published.isEmpty)
    }

    @Test("names gradients that vanish")
    func vanishing() {
        let findings = examine { Self.observation($0, gradientNorm: $0 > 50 ? 1e-9 : 2) }
        #expect(findings.map(\.ailment) == [.vanishingGradients] && findings[0].step == 60)
    }

    @Test("names gradients that explode again and again, but not one large batch, nor what is large beside nothing")
    func exploding() {
        let findings = examine { Self.observation($0, gradientNorm: $0 % 20 == 0 ? 500 : 2) }
        #expect(findings.map(\.ailment) == [.explodingGradients] && findings[0].step == 60)
        #expect(findings[0].advice.contains("gradient_norm_limit"))
        let single = examine { Self.observation($0, gradientNorm: $0 == 100 ? 500 : 2) }
        #expect(single.isEmpty)
        let small = examine { Self.observation($0, gradientNorm: $0 % 20 == 0 ? 0.5 : 0.001) }
        #expect(small.isEmpty)
    }

    @Test("names a trainer that waits for its data, but not for the first batches")
    func waiting() {
        let starved = examine { Self.observation($0, dataWait: 0.6) }
        #expect(starved.map(\.ailment) == [.dataWait])
        let begun = examine { Self.observation($0, dataWait: $0 < 10 ? 0.9 : 0.1) }
        #expect(begun.isEmpty)
    }

    @Test("names embeddings that are all the same, when it has seen it twice after the warm-up")
    func collapse() {
        var doctor = Doctor(Doctor.Regimen(Self.healthyRun, steps: 400, contextLength: 77))
        let same = EmbeddingSpread(images: 0.3, texts: 0.999)
        #expect(doctor.observe(same, at: 25).isEmpty && doctor.observe(same, at: 75).isEmpty)
        let findings = doctor.observe(same, at: 100)
        #expect(findings.map(\.ailment) == [.collapsed] && findings[0].seen.contains("texts"))
        #expect(doctor.observe(same, at: 125).isEmpty)
        var other = Doctor(Doctor.Regimen(Self.healthyRun, steps: 400, contextLength: 77))
        for step in [75, 100, 125] {
            #expect(other.observe(EmbeddingSpread(images: 0.9, texts: 0.5), at: step).isEmpty)
        }
    }

    @Test("measures a classifier by its classes, and says nothing of texts, which it does not see")
    func classifier() throws {
        func examine(_ observation: (Int) -> StepObservation) -> [Finding] {
            let regimen = Doctor.Regimen(Self.healthyRun, steps: 400, contextLength: 77, classCount: 8)
            var doctor = Doctor(regimen)
            return (1...400).flatMap { doctor.observe(observation($0)) }
        }
        let learning = examine { Self.observation($0, loss: 1.9, repeated: 120, cut: 120) }
        #expect(learning.isEmpty)
        let stuck = examine { Self.observation($0, loss: 2.08) }
        #expect(stuck.map(\.ailment) == [.stuckLoss] && stuck[0].seen.hasSuffix("among the 8 classes gives 2.08"))
        #expect(!stuck[0].description.contains("pair") && !stuck[0].description.contains("caption"))
        var doctor = Doctor(Doctor.Regimen(Self.healthyRun, steps: 400, contextLength: 77, classCount: 8))
        let spread = EmbeddingSpread(images: 0.5, texts: nil)
        #expect(doctor.observe(spread, at: 100).isEmpty && doctor.observe(spread, at: 125).isEmpty)
    }

    @Test("counts a teacher's choices among what guessing costs")
    func taught() {
        var run = Self.healthyRun
        run.distillation = .init(teacher: "teacher")
        let stuck = examine(of: run) { Self.observation($0, loss: 9.7) }
        #expect(stuck.map(\.ailment) == [.stuckLoss] && stuck[0].seen.hasSuffix("gives 9.7"))
        let learning = examine(of: run) { Self.observation($0, loss: 8) }
        #expect(learning.isEmpty)
    }

    @Test("does not repeat in a run that goes on what it said before")
    func goingOn() {
        let findings = examine { Self.observation($0, cut: 20) }
        let again = examine(earlier: findings) { Self.observation($0, cut: 20) }
        #expect(again.isEmpty)
    }

    @Test("the mean cosine of two different rows is that of all pairs")
    func spread() throws {
        let rows = try Tensor([1, 0, 0, 1, 0.6, 0.8] as [Float], shape: [3, 2])
        let same = try Tensor([1, 0, 1, 0, 1, 0] as [Float], shape: [3, 2])
        let spread = try EmbeddingSpread(images: rows, texts: same)
        let texts = try #require(spread.texts)
        #expect(abs(spread.images - (0 + 0.6 + 0.8) / 3) < 1e-6 && abs(texts - 1) < 1e-6)
    }
}
