import CLIPModels
import CLIPTraining
import Testing

@Suite("The memory that a run takes")
struct MemoryDemandTests {
    private static let architecture = CLIPConfiguration(
        embeddingWidth: 32,
        vision: .transformer(.init(imageSize: 64, patchSize: 16, width: 64, layers: 4, headWidth: 32)),
        text: .init(contextLength: 16, vocabularySize: 60, width: 48, heads: 2, layers: 2))

    private func demand(_ change: (inout TrainingConfiguration) -> Void) throws -> MemoryDemand {
        var run = TrainingConfiguration()
        change(&run)
        return try MemoryDemand(run, Self.architecture, TrainedParameters(run, Self.architecture))
    }

    @Test("grows with what goes through the towers at once, not with the batch")
    func microBatches() throws {
        let whole = try demand { $0.batchSize = 1024 }
        let parts = try demand { ($0.batchSize, $0.microBatchSize) = (1024, 16) }
        let larger = try demand { ($0.batchSize, $0.microBatchSize) = (16, 1024) }
        #expect(parts.parameters == whole.parameters)
        // The samples of all pairs have a byte each, the pixels of those in a tower four.
        #expect(parts.batch < 0.25 * whole.batch && parts.batch > 1024 * 3 * 64 * 64)
        #expect(larger.batch < whole.batch / 32)
    }

    @Test("counts the vocabulary as it is")
    func vocabulary() throws {
        let run = TrainingConfiguration()
        func memory(_ size: Int) throws -> Double {
            var architecture = Self.architecture
            architecture.text.vocabularySize = size
            return try MemoryDemand(run, architecture, TrainedParameters(run, architecture)).curve.whole[0]
        }
        // A row of the embedding with its gradient and both moments.
        #expect(try memory(1060) - memory(60) == 1000 * 48 * 4 * 4)
    }

    @Test("is estimated for batches of 1 to 1024, less in micro batches and where blocks are computed again")
    func curve() throws {
        let curve = try demand { $0.microBatchSize = 8 }.curve
        #expect(curve.batches == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] && curve.microBatchSize == 8)
        for (whole, parts) in zip(curve.whole, curve.parts).prefix(4) { #expect(whole == parts) }
        for (whole, parts) in zip(curve.whole, curve.parts).dropFirst(4) { #expect(whole > parts) }
        // A run that took more shifts all of it, one that took less nothing.
        let beside = curve.beside(peak: curve.run + 5e8)
        #expect(beside.run == curve.run + 5e8 && beside.whole == curve.whole.map { $0 + 5e8 })
        #expect(curve.beside(peak: 0) == curve)
        let again = try demand { $0.activationCheckpointing = true }
        #expect(try again.curve.whole[10] < demand { _ in }.curve.whole[10])
        let locked = try demand { $0.lock = LockConfiguration(image: .init()) }
        #expect(try locked.curve.whole[10] < 0.5 * demand { _ in }.curve.whole[10])
    }
}
