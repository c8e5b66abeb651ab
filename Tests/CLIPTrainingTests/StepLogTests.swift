import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("The logs of a run that goes on")
struct StepLogTests {
    @Test(
        "that cannot be read stop it in one line, and stay as they are",
        arguments: ["metrics.jsonl", "validation.jsonl", "findings.jsonl", "bad-samples.jsonl"])
    func unreadable(name: String) async throws {
        let folder = try TemporaryFolder()
        let table = try ColourTable(in: folder.url)
        let run = try await TrainingRun(table.configuration(output: folder.path("run"), steps: 5)).train { _ in }.folder
        let path = "\(run.path)/\(name)"
        // A file of holes.
        let size = off_t(1 << 30) + 1
        #expect(truncate(path, size) == 0)
        let error = await #expect(throws: FileError.self) {
            let longer = try table.configuration(output: folder.path("run"), steps: 10)
            _ = try await TrainingRun(longer).train(isResuming: true) { _ in }
        }
        #expect(error?.description == "\(path): expected at most 1073741824 bytes, found 1073741825")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == Int(size))
    }
}
