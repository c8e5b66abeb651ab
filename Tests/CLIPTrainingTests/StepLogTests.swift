import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("The logs of a run that goes on")
struct StepLogTests {
    private let folder: TemporaryFolder
    private let table: ColourTable
    private let run: RunFolder

    init() throws {
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url)
        run = RunFolder(folder.path("run"))
    }

    @discardableResult
    private func train(steps: Int, isResuming: Bool = false) async throws -> [String] {
        let notices = Notices()
        _ = try await TrainingRun(table.configuration(output: run.path, steps: steps))
            .train(isResuming: isResuming, onNotice: notices.append) { _ in }
        return notices.lines
    }

    private func append(_ text: String, to path: String) throws {
        try AppendedFile(path: path).write(text.utf8)
    }

    private func files() throws -> [String: [UInt8]] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: run.path)
        let files = names.filter { (try? contents(ofFile: "\(run.path)/\($0)")) != nil }
        return try Dictionary(uniqueKeysWithValues: files.map { ($0, try contents(ofFile: "\(run.path)/\($0)")) })
    }

    private static let names = ["metrics.jsonl", "validation.jsonl", "findings.jsonl", "bad-samples.jsonl"]

    @Test("that have a line no run wrote stop it in one line, and all files stay as they are", arguments: names)
    func brokenLine(name: String) async throws {
        try await train(steps: 5)
        let path = "\(run.path)/\(name)"
        let count = try contents(ofFile: path).count { $0 == UInt8(ascii: "\n") }
        try append("{\"step\": 1, nonsense\n", to: path)
        let before = try files()
        let error = await #expect(throws: FileError.self) { try await train(steps: 10, isResuming: true) }
        #expect(
            error?.description
                == "\(path): line \(count + 1): expected a line as a run writes it, found \"{\"step\": 1, nonsense\"")
        #expect(try files() == before)
    }

    @Test("may end with a line that was being written", arguments: names)
    func tornLine(name: String) async throws {
        try await train(steps: 5)
        try append("{\"step\": 6, \"lo", to: "\(run.path)/\(name)")
        #expect(try await train(steps: 10, isResuming: true) == [])
        #expect(try run.readMetrics().map(\.step) == Array(1...10))
        #expect(try !String(contentsOfFile: "\(run.path)/\(name)", encoding: .utf8).contains("\"lo\n"))
    }

    @Test("say where the metrics of steps before are missing")
    func missing() async throws {
        try await train(steps: 5)
        try FileManager.default.removeItem(atPath: run.metrics)
        let notices = try await train(steps: 10, isResuming: true)
        #expect(
            notices == [
                "warning: \(run.metrics): expected the lines of 5 steps before, found 0; the others are lost, and the report "
                    + "has a hole"
            ])
        #expect(try run.readMetrics().map(\.step) == Array(6...10))
    }

    @Test("are read whatever their size")
    func large() async throws {
        try await train(steps: 5)
        // A file of holes behind its lines.
        #expect(truncate(run.metrics, off_t(1 << 30) + 1) == 0)
        try await train(steps: 10, isResuming: true)
        #expect(try run.readMetrics().map(\.step) == Array(1...10))
    }
}
