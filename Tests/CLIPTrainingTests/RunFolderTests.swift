import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("A run's folder")
struct RunFolderTests {
    private let folder: TemporaryFolder
    private let table: ColourTable
    private let run: RunFolder

    init() throws {
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url)
        run = RunFolder(folder.path("run"))
    }

    private func configuration(
        steps: Int, _ overrides: [(path: String, json: String)] = []
    ) throws -> TrainingConfiguration {
        try TrainingConfiguration(
            json: table.configuration(output: run.path, steps: steps).jsonText, origin: "test", overrides: overrides)
    }

    private func train(
        steps: Int = 6, isResuming: Bool = false, replaces: Bool = false,
        overrides: [(path: String, json: String)] = [],
        onProgress: @escaping @Sendable (TrainingRun.Progress) -> Void = { _ in }
    ) async throws {
        _ = try await TrainingRun(configuration(steps: steps, overrides))
            .train(isResuming: isResuming, replacesOldRun: replaces, onProgress: onProgress)
    }

    /// The bytes of the run's files by their names.
    private func files() throws -> [String: [UInt8]] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: run.path)
        let files = names.filter { (try? contents(ofFile: "\(run.path)/\($0)")) != nil }
        return try Dictionary(uniqueKeysWithValues: files.map { ($0, try contents(ofFile: "\(run.path)/\($0)")) })
    }

    @Test(
        "A run that fails before its first step leaves all of the run that it was to replace",
        arguments: [("batch_size", "1000"), ("validation", #"{"data": {"table": "/no/such.tsv"}}"#)])
    func failedReplacement(key: String, value: String) async throws {
        try await train()
        let before = try files()
        let expected = ["model/model.safetensors", "checkpoints/step-000000006/state.json"]
        #expect(expected.allSatisfy(before.keys.contains))
        await #expect(throws: (any Error).self) { try await train(replaces: true, overrides: [(key, value)]) }
        #expect(try files() == before)
    }

    @Test("So does a run whose validation has no image that can be read, and says whose images they are")
    func unreadableValidation() async throws {
        try await train()
        let before = try files()
        let validation = #"{"data": {"table": "\#(table.table)", "image_folder": "/"}}"#
        let error = await #expect(throws: TrainingError.self) {
            try await train(replaces: true, overrides: [("validation", validation)])
        }
        #expect(error?.description.hasPrefix("validation.data: ") == true)
        #expect(try files() == before)
    }

    @Test("A run that is stopped leaves the older run's model, and no checkpoint but its own")
    func stoppedReplacement() async throws {
        try await train()
        let before = try files()
        let next = try configuration(steps: 9, [("checkpoint_every", "0")])
        let task = Task {
            _ = try await TrainingRun(next).train(replacesOldRun: true) { _ in withUnsafeCurrentTask { $0?.cancel() } }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let after = try files()
        #expect(after["model/model.safetensors"] == before["model/model.safetensors"])
        #expect(!after.keys.contains { $0.hasPrefix("checkpoint") })
    }

    @Test(
        "Files that no run wrote are not lost, and are found before training",
        arguments: ["model", "checkpoints/step-000000005"])
    func foreignFiles(place: String) async throws {
        try await train()
        let photo = try folder.write("photo".utf8, as: "run/\(place)/photo.jpg")
        for (isResuming, replaces) in [(false, true), (true, false)] {
            let error = await #expect(throws: FileError.self) {
                try await train(steps: 8, isResuming: isResuming, replaces: replaces) { _ in Issue.record("trained") }
            }
            #expect(error?.code == .unwritable && error?.description.contains("photo.jpg") == true)
        }
        #expect(try contents(ofFile: photo) == Array("photo".utf8))
    }

    @Test("A folder has one run at a time")
    func twoRuns() async throws {
        let lock = try FolderLock(path: run.path)
        let error = await #expect(throws: FileError.self) { try await train(replaces: true) }
        #expect(error?.code == .unwritable && error?.path == run.path)
        withExtendedLifetime(lock) {}
    }

    @Test("What a killed run left half-written goes with the next run, even one that only ends it")
    func leftovers() async throws {
        try await train()
        for name in ["checkpoints/.step-000000003.partial", ".model.partial"] {
            let place = "\(run.path)/\(name)"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try folder.write("half".utf8, as: "run/\(name)/model.safetensors")
        }
        try await train(isResuming: true)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: run.path).sorted()
                == [
                    "bad-samples.jsonl", "checkpoints", "configuration.json", "findings.jsonl", "metrics.jsonl",
                    "model",
                    "report.html", "report.json", "tensorboard", "validation.jsonl",
                ])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: run.checkpoints).sorted()
                == ["step-000000005", "step-000000006"])
    }

    @Test(
        "A file that cannot be written is named as such",
        arguments: ["configuration.json", "metrics.jsonl", "bad-samples.jsonl"])
    func unwritable(name: String) async throws {
        try FileManager.default.createDirectory(atPath: "\(run.path)/\(name)", withIntermediateDirectories: true)
        let error = await #expect(throws: FileError.self) { try await train() }
        #expect(error?.code == .unwritable && error?.path == "\(run.path)/\(name)")
    }

    @Test("A full disk is named as such", .enabled(if: TinyDisk.isPermitted, "\(TinyDisk.reason)"))
    func fullDisk() async throws {
        let disk = try TinyDisk(kilobytes: 16)
        try? AtomicFile.write([UInt8](repeating: 1, count: 12 << 10), to: disk.folder.path("other"))
        let error = await #expect(throws: FileError.self) {
            try await train(overrides: [("output", "\"\(disk.folder.url.path)\"")])
        }
        #expect(error?.code == .unwritable && error?.description.contains("No space left") == true)
    }
}
