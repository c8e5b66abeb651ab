import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("A run that was stopped and goes on")
struct ResumedRunTests {
    private typealias Overrides = [(path: String, json: String)]

    private let folder: TemporaryFolder
    private let table: ColourTable

    init() throws {
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url)
    }

    private func configuration(_ output: String, _ overrides: Overrides) throws -> TrainingConfiguration {
        try TrainingConfiguration(
            json: table.configuration(output: folder.path(output), steps: 10).jsonText, origin: "test",
            overrides: overrides)
    }

    /// Trains without a stop, and with stops after two steps, of which the second one is no checkpoint's.
    private func trainBoth(_ overrides: Overrides) async throws -> (whole: RunFolder, stopped: RunFolder) {
        let whole = try await TrainingRun(configuration("whole", overrides)).train { _ in }
        for (stop, isResuming) in [(3, false), (7, true)] {
            let task = Task {
                _ = try await TrainingRun(configuration("stopped", overrides)).train(isResuming: isResuming) {
                    if $0.metrics.step == stop { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        let stopped = try await TrainingRun(configuration("stopped", overrides)).train(isResuming: true) { _ in }
        return (whole.folder, stopped.folder)
    }

    private func expectSame(_ one: String, _ other: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: one).sorted()
        #expect(try FileManager.default.contentsOfDirectory(atPath: other).sorted() == names)
        // The note of the best model tells how many seconds an evaluation took.
        for name in names where name != "validation.json" {
            #expect(try contents(ofFile: "\(one)/\(name)") == contents(ofFile: "\(other)/\(name)"), "\(name)")
        }
    }

    private var validation: (path: String, json: String) {
        ("validation", #"{"data": {"table": "\#(table.table)"}, "every": 4}"#)
    }

    @Test("has the same end with averages, micro batches, dropped patches and threads, the best model included")
    func everything() async throws {
        let (whole, stopped) = try await trainBoth([
            ("average_decay", "0.9"), ("micro_batch_size", "3"), ("patch_dropout", "0.5"), ("loader_threads", "3"),
            ("augmentation.flip_probability", "0.5"), ("activation_checkpointing", "true"), validation,
        ])
        try expectSame(whole.model, stopped.model)
        try expectSame(whole.best, stopped.best)
    }

    @Test("has the same adapter and the same model with LoRA")
    func adapters() async throws {
        let start = try await TrainingRun(configuration("start", [])).train { _ in }
        let (whole, stopped) = try await trainBoth([
            ("start", "\"\(start.folder.model)\""), ("model", "null"), ("tokenizer", "null"),
            ("optimiser.kind", "\"adamw\""), ("lora", #"{"rank": 2, "save": "both"}"#), validation,
        ])
        try expectSame(whole.model, stopped.model)
        try expectSame(whole.adapter, stopped.adapter)
        try expectSame(whole.best, stopped.best)
    }

    @Test("has the same head where one is trained", arguments: ["null", #"{"image": {}}"#])
    func head(lock: String) async throws {
        let rows = ColourTable.colours.enumerated().map { "\($1.name).png\ta square\t\($0 % 2 == 0 ? "warm" : "cold")" }
        try folder.write((["filepath\ttitle\tkind"] + rows).joined(separator: "\n").utf8, as: "kinds.tsv")
        let (whole, stopped) = try await trainBoth([
            ("data.table", "\"\(folder.path("kinds.tsv"))\""), ("lock", lock),
            ("head", #"{"class_column": "kind", "start": "random"}"#),
        ])
        try expectSame(whole.head, stopped.head)
        try expectSame(whole.model, stopped.model)
    }
}
