import CLIPModels
import CLIPTensor
import CLIPTraining
import Foundation
import Testing

extension ModelParityTests {
    @Suite("Training with locked towers")
    struct LockedTrainingParityTests {
        struct Case: CustomTestStringConvertible {
            let small: SmallModel
            let name: String
            let lock: LockConfiguration

            var testDescription: String { "\(small.rawValue) \(name)" }
        }

        static let cases = [
            Case(small: .transformer, name: "image", lock: .init(image: .init())),
            Case(small: .transformer, name: "image-1", lock: .init(image: .init(unlockedGroups: 1))),
            Case(small: .transformer, name: "image-2", lock: .init(image: .init(unlockedGroups: 2))),
            Case(
                small: .transformer, name: "both",
                lock: .init(image: .init(unlockedGroups: 3), text: .init(unlockedGroups: 2))),
            Case(small: .resNet, name: "image", lock: .init(image: .init())),
            Case(small: .resNet, name: "image-moving", lock: .init(image: .init(freezesStatistics: false))),
        ]

        @Test("Twenty steps give open_clip's losses, and what is locked stays the same to the bit", arguments: cases)
        func steps(locked: Case) throws {
            let name = "\(locked.small.rawValue).locked.\(locked.name)"
            let expected = try ReferenceModels.tensors(name)
            let model = try ReferenceModels.model(locked.small.configuration, from: name, prefix: "start/")
            let losses = try expected.tensor("losses").elements(as: Double.self)
            try #require(losses.count == 20)
            var run = TrainingConfiguration()
            run.lock = locked.lock
            let trained = try TrainedParameters(run, model.configuration)
            let found = try Self.losses(model, expected, trained, steps: losses.count)
            let greatest = zip(found, losses).map { abs($0 - $1) / $1 }.max() ?? .infinity
            #expect(greatest < 1e-4)
            try Self.compareEnds(model, expected, trained)
            print("\(name): losses apart by \(greatest)")
        }

        private static func losses(
            _ model: CLIPModel, _ file: Safetensors, _ trained: TrainedParameters, steps: Int
        ) throws -> [Double] {
            var configuration = try TrainingParityTests.configuration(TrainingParityTests.recipe(), .fp32)
            configuration.schedule.steps = steps
            configuration.freezesLockedStatistics = trained.freezesStatistics
            let trainer = try Trainer(model, configuration, trains: trained.contains)
            return try TrainingParityTests.train(trainer, file).map(\.loss)
        }

        private static func compareEnds(
            _ model: CLIPModel, _ expected: Safetensors, _ trained: TrainedParameters
        ) throws {
            var (moved, stayed) = (0, 0)
            for parameter in model.parameters {
                let tensor = try parameter.tensor.detached()
                let way = try (tensor - expected.tensor("start/\(parameter.name)")).norm().scalar()
                if trained.contains(parameter.name) { moved += 1 } else { stayed += 1 }
                #expect((way > 0) == trained.contains(parameter.name), "\(parameter.name)")
                // What did not move there does not move here, and the other way round.
                let there = try (expected.tensor("end/\(parameter.name)") - expected.tensor("start/\(parameter.name)"))
                    .norm().scalar()
                #expect((there > 0) == (way > 0), "\(parameter.name)")
            }
            #expect(moved > 0 && stayed > 0)
            for buffer in model.buffers where !buffer.name.hasSuffix("num_batches_tracked") {
                let end = try expected.tensor("end/\(buffer.name)")
                #expect(try Distance(buffer.tensor, from: end).relative() < 1e-5, "\(buffer.name)")
            }
        }
    }
}
