import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("A checkpoint to go on from")
struct CheckpointTests {
    private let folder: TemporaryFolder
    private let table: ColourTable

    init() throws {
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url)
    }

    private var checkpoint: String { folder.path("run/checkpoints/step-000000006") }
    private var state: String { "\(checkpoint)/state.json" }

    /// Replaces the state, with its checksum as a run would write it.
    private func replaceState(_ text: some Collection<UInt8>) throws {
        try AtomicFile.write(text, to: state)
        let sums = try FileChecksums(
            of: ["model.safetensors", "optimiser.safetensors", "state.json"], in: checkpoint)
        try AtomicFile.write(sums.encoded(), to: "\(checkpoint)/checksums.json")
    }

    @discardableResult
    private func train(
        isResuming: Bool = false, _ overrides: [(path: String, json: String)] = []
    ) async throws -> TrainingRun.Outcome {
        let configuration = try TrainingConfiguration(
            json: table.configuration(output: folder.path("run"), steps: 6).jsonText, origin: "test",
            overrides: overrides)
        return try await TrainingRun(configuration).train(isResuming: isResuming) { _ in }
    }

    @Test(
        "What changes the numbers may not change, and is named with both values",
        arguments: [
            ("batch_size", "4", "8", "4"), ("seed", "5", "3", "5"),
            ("optimiser.kind", "\"adamw\"", "\"muon\"", "\"adamw\""),
            ("learning_rate", "0.5", "0.002", "0.5"), ("optimiser.gradient_norm_limit", "1", "null", "1"),
        ])
    func otherRun(key: String, value: String, then: String, now: String) async throws {
        try await train()
        let error = await #expect(throws: TrainingError.self) { try await train(isResuming: true, [(key, value)]) }
        #expect(error?.description.hasSuffix("expected \(key) as when the run began, \(then), found \(now)") == true)
    }

    @Test("The length, the checkpoints and the threads may change")
    func longerRun() async throws {
        try await train([("checkpoint_every", "5")])
        let outcome = try await train(
            isResuming: true, [("steps", "8"), ("checkpoint_every", "2"), ("loader_threads", "2")])
        #expect(outcome.steps == 8 && outcome.pairs == 64)
        #expect(try outcome.folder.readMetrics().map(\.step) == Array(1...8))
    }

    @Test("A run that is over only saves its model again, and says of how many pairs it is")
    func finishedRun() async throws {
        try await train([("checkpoint_every", "6")])
        let outcome = try await train(isResuming: true)
        #expect(outcome.steps == 6 && outcome.pairs == 48)
    }

    @Test(
        "A state that no run wrote is refused in one line that names its file",
        arguments: [
            ["step": -5], ["step": 99], ["step": 4], ["step": Int.max], ["epoch": Int.max], ["epoch": 9],
            ["samplesSeen": Int.max], ["samplesSeen": 7], ["cursor": 9],
        ])
    func wrongCounts(change: [String: Int]) async throws {
        try await train()
        var saved = try #require(
            JSONSerialization.jsonObject(with: Data(contents(ofFile: state))) as? [String: Any])
        var position = try #require(saved["position"] as? [String: Any])
        for (key, value) in change {
            if key == "step" { saved[key] = value } else { position[key] = value }
        }
        saved["position"] = position
        try replaceState(Array(JSONSerialization.data(withJSONObject: saved)))
        let error = await #expect(throws: (any Error).self) { try await train(isResuming: true, [("steps", "8")]) }
        let line = "\(error.map { "\($0)" } ?? "")"
        #expect(!line.contains("\n") && (line.hasPrefix(state) || line.hasPrefix("loader position")), "\(line)")
    }

    @Test("A damaged state is named with its file", arguments: ["", "{", "[]", "{}", "{\"step\": 1}"])
    func damaged(text: String) async throws {
        try await train([("checkpoints_kept", "1")])
        try replaceState(text.utf8)
        let error = await #expect(throws: TrainingError.self) { try await train(isResuming: true) }
        #expect(error?.description.hasPrefix("no checkpoint is whole: \(state): expected the state of a run: ") == true)
        #expect(error?.description.contains("operation") == false)
    }
}
