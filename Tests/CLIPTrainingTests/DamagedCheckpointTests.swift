import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("A checkpoint that was damaged")
struct DamagedCheckpointTests {
    private let folder: TemporaryFolder
    private let table: ColourTable
    private let run: RunFolder

    init() throws {
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url)
        run = RunFolder(folder.path("run"))
    }

    private func configuration(_ output: String) throws -> TrainingConfiguration {
        try table.configuration(output: folder.path(output), steps: 8)
    }

    /// A run that was stopped after its sixth step: it has checkpoints of the fifth and the sixth.
    private func stop() async throws {
        let configuration = try configuration("run")
        let task = Task {
            _ = try await TrainingRun(configuration).train { progress in
                if progress.metrics.step == 6 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try checkpoints() == ["step-000000005", "step-000000006"])
    }

    private func checkpoints() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: run.checkpoints).sorted()
    }

    private func resume() async throws -> [String] {
        let notices = Notices()
        _ = try await TrainingRun(configuration("run")).train(isResuming: true, onNotice: notices.append) { _ in }
        return notices.lines
    }

    private func damage(_ damage: Damage, _ step: Int) throws {
        try damage.apply(in: "\(run.checkpoints)/step-00000000\(step)")
    }

    @Test("is passed over and named, and the run goes on from the one before, to the same bits", arguments: Damage.all)
    func passedOver(damage: Damage) async throws {
        let whole = try await TrainingRun(configuration("whole")).train { _ in }
        try await stop()
        try self.damage(damage, 6)
        let notices = try await resume()
        let newest = "\(run.checkpoints)/step-000000006"
        #expect(notices.count == 2 && notices.allSatisfy { !$0.contains("\n") })
        // A wrong checksum is told of the file that it belongs to.
        let named = damage.file == "checksums.json" ? "" : "\(damage.file): "
        #expect(notices.first?.hasPrefix("passed over a damaged checkpoint: \(newest)/\(named)") == true)
        #expect(notices.last == "going on from \(run.checkpoints)/step-000000005")
        let model = "model.safetensors"
        #expect(try contents(ofFile: "\(run.model)/\(model)") == contents(ofFile: "\(whole.folder.model)/\(model)"))
        #expect(try run.readMetrics().map(\.step) == Array(1...8))
        #expect(try checkpoints() == ["step-000000005", "step-000000008"])
    }

    @Test("is an error where no other is whole, and nothing is changed")
    func none() async throws {
        try await stop()
        for step in [5, 6] { try damage(.flipped("optimiser.safetensors"), step) }
        let error = await #expect(throws: TrainingError.self) { _ = try await resume() }
        let place = "\(run.checkpoints)/step-000000006/optimiser.safetensors"
        #expect(error?.description.hasPrefix("no checkpoint is whole: \(place): expected the CRC-32 ") == true)
        #expect(try checkpoints() == ["step-000000005", "step-000000006"] && run.readMetrics().count == 6)
    }

    @Test("is told from one whose folder was renamed, which ends the run before anything is changed")
    func renamed() async throws {
        try await stop()
        try FileManager.default.moveItem(
            atPath: "\(run.checkpoints)/step-000000006", toPath: "\(run.checkpoints)/step-000000007")
        let error = await #expect(throws: TrainingError.self) { _ = try await resume() }
        #expect(
            error?.description.hasPrefix(
                "\(run.checkpoints)/step-000000007/state.json: expected step 7, as its folder is called, found step 6; "
            ) == true)
        #expect(try checkpoints() == ["step-000000005", "step-000000007"] && run.readMetrics().count == 6)
    }

    @Test("is told from one that is missing, and from one of an earlier version")
    func missing() async throws {
        let error = await #expect(throws: FileError.self) { _ = try await resume() }
        #expect(error?.code == .notFound && error?.path == run.checkpoints)
        let earlier = "\(run.path)/checkpoint"
        try FileManager.default.createDirectory(atPath: earlier, withIntermediateDirectories: true)
        let refusal = await #expect(throws: TrainingError.self) { _ = try await resume() }
        #expect(refusal?.description.hasPrefix("\(earlier): expected \(run.checkpoints), found the") == true)
    }

    @Test("As many as asked for are kept, and files of others stay where they are", arguments: [1, 3])
    func kept(count: Int) async throws {
        let configuration = try TrainingConfiguration(
            json: configuration("run").jsonText, origin: "test",
            overrides: [("checkpoints_kept", "\(count)"), ("checkpoint_every", "1")])
        let notices = Notices()
        let run = run
        _ = try await TrainingRun(configuration).train(onNotice: notices.append) { progress in
            guard progress.metrics.step == 3 else { return }
            try? AtomicFile.write("mine".utf8, to: "\(run.checkpoints)/notes.txt")
            try? AtomicFile.write("mine".utf8, to: "\(run.checkpoints)/step-000000002/notes.txt")
        }
        let last = (9 - count..<9).map { "step-00000000\($0)" }
        #expect(try checkpoints() == ["notes.txt", "step-000000002"] + last)
        #expect(notices.lines.allSatisfy { $0.hasPrefix("an old checkpoint stays: ") && $0.contains("notes.txt") })
        #expect(!notices.lines.isEmpty)
    }
}

/// What may happen to a checkpoint's folder.
struct Damage: Sendable, CustomTestStringConvertible {
    private enum Kind { case flipped, truncated, emptied, removed }

    private let kind: Kind
    /// The file that is damaged.
    let file: String

    static func flipped(_ file: String) -> Damage { Damage(kind: .flipped, file: file) }

    static let all =
        ["model.safetensors", "optimiser.safetensors", "state.json", "checksums.json"].map { flipped($0) } + [
            Damage(kind: .truncated, file: "model.safetensors"), Damage(kind: .emptied, file: "optimiser.safetensors"),
            Damage(kind: .removed, file: "state.json"), Damage(kind: .removed, file: "checksums.json"),
        ]

    var testDescription: String { "\(file) \(kind)" }

    func apply(in folder: String) throws {
        let path = "\(folder)/\(file)"
        var bytes = try contents(ofFile: path)
        switch kind {
        case .flipped: bytes[bytes.count / 2] ^= 1
        case .truncated: bytes.removeLast(bytes.count / 3)
        case .emptied: bytes = []
        case .removed: return try FileManager.default.removeItem(atPath: path)
        }
        try AtomicFile.write(bytes, to: path)
    }
}

/// The lines that a run told.
final class Notices: @unchecked Sendable {
    // Safe: only touched while `lock` is held.
    private let lock = NSLock()
    private var told: [String] = []

    var lines: [String] { lock.withLock { told } }

    func append(_ line: String) { lock.withLock { told.append(line) } }
}
