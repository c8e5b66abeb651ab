import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("A run on a disk that fills up", .enabled(if: TinyDisk.isPermitted, "\(TinyDisk.reason)"))
struct FullDiskTests {
    private let disk: TinyDisk
    private let folder: TemporaryFolder
    private let table: ColourTable
    private let run: RunFolder

    init() throws {
        disk = try TinyDisk(kilobytes: 64 << 10)
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url)
        run = RunFolder(disk.folder.path("run"))
    }

    private func configuration(_ output: String) throws -> TrainingConfiguration {
        try table.configuration(output: output, steps: 10)
    }

    private var filler: String { disk.folder.path("filler") }

    /// Fills the disk but for some bytes.
    private func fill(leaving free: Int = 0) {
        let block = [UInt8](repeating: 1, count: 4096)
        try? Data().write(to: URL(filePath: filler))
        guard let file = FileHandle(forWritingAtPath: filler) else { return }
        while (try? file.write(contentsOf: Data(block))) != nil {}
        if free > 0, let end = try? file.seekToEnd() { try? file.truncate(atOffset: end - UInt64(free)) }
        try? file.close()
    }

    /// Makes room, goes on, and compares the end with that of a run that nothing disturbed.
    private func expectWholeRun() async throws {
        try FileManager.default.removeItem(atPath: filler)
        _ = try await TrainingRun(configuration(run.path)).train(isResuming: true) { _ in }
        let whole = try await TrainingRun(configuration(folder.path("whole"))).train { _ in }
        let model = "model.safetensors"
        #expect(try contents(ofFile: "\(run.model)/\(model)") == contents(ofFile: "\(whole.folder.model)/\(model)"))
        #expect(try run.readMetrics().map(\.step) == Array(1...10))
    }

    private func trainUntilFull(fillAfter step: Int, leaving free: @escaping @Sendable () -> Int) async -> FileError? {
        await #expect(throws: FileError.self) {
            _ = try await TrainingRun(configuration(run.path)).train { progress in
                if progress.metrics.step == step { fill(leaving: free()) }
            }
        }
    }

    private static let fullDisk = "cannot be written: No space left on device"

    /// The bytes of a checkpoint.
    private static func size(of folder: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { try? contents(ofFile: "\(folder)/\($0)").count }.reduce(0, +)
    }

    @Test("stops at a checkpoint that has no room, and goes on from the one before")
    func checkpoint() async throws {
        // Lines of logs still fit.
        let error = await trainUntilFull(fillAfter: 9) { 300 << 10 }
        #expect(error?.code == .unwritable && error?.reason == Self.fullDisk)
        #expect(error?.path.hasPrefix("\(run.checkpoints)/step-000000010/") == true, "\(error?.path ?? "")")
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.checkpoints) == ["step-000000005"])
        try await expectWholeRun()
    }

    @Test("stops at a line of its logs that has no room, and goes on from the last checkpoint")
    func logs() async throws {
        let error = await trainUntilFull(fillAfter: 6) { 0 }
        #expect(error?.code == .unwritable && error?.reason == Self.fullDisk)
        #expect(!FileManager.default.fileExists(atPath: run.model))
        // With the disk still full nothing is lost.
        let again = await #expect(throws: FileError.self) {
            _ = try await TrainingRun(configuration(run.path)).train(isResuming: true) { _ in }
        }
        #expect(again?.code == .unwritable)
        try await expectWholeRun()
    }

    @Test("stops at a model that has no room, and saves it when there is some")
    func model() async throws {
        let run = run
        let error = await trainUntilFull(fillAfter: 9) {
            Self.size(of: "\(run.checkpoints)/step-000000005") + (300 << 10)
        }
        #expect(error?.code == .unwritable && error?.reason == Self.fullDisk)
        #expect(error?.path.hasPrefix(run.model) == true, "\(error?.path ?? "")")
        #expect(!FileManager.default.fileExists(atPath: run.model))
        try await expectWholeRun()
    }
}
