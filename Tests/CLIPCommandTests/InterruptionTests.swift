import CLIPImaging
import CLIPSmallModel
import CLIPTestSupport
import Foundation
import Testing

struct InterruptionTests {
    private let model: SmallModelFolder
    private let folder: TemporaryFolder

    init() throws {
        model = try SmallModelFolder()
        folder = try TemporaryFolder()
    }

    /// Starts a run that would take minutes, and waits until it writes.
    private func start(to output: String) throws -> Run {
        let texts = try folder.write(Array(String(repeating: "a dog and a cat\n", count: 400_000).utf8), as: "texts")
        let run = try Run([
            "embed", "--model", model.path, "--texts-from", texts, "--batch-size", "1", "--output", output,
        ])
        let deadline = Date.now + 60
        while try !folder.names().contains(".x.npy.partial") && Date.now < deadline { usleep(20_000) }
        return run
    }

    @Test("control-C ends a run with the status 130, and leaves the old file alone", arguments: [SIGINT, SIGTERM])
    func interrupt(signal: Int32) throws {
        let output = try folder.write(Array("old".utf8), as: "x.npy")
        let run = try start(to: output)
        run.signal(signal)
        let result = try run.finish()
        #expect(result.status == 130)
        #expect(result.errorLines.last == "clip: interrupted")
        #expect(try folder.names() == ["texts", "x.npy"])
        #expect(try String(contentsOfFile: output, encoding: .utf8) == "old")
    }

    @Test("one signal ends a run that waits for its input", arguments: [SIGINT, SIGTERM])
    func waiting(signal: Int32) throws {
        let image = try folder.write(SampleImages.bitmap(1).pngData(), as: "a.png")
        let run = try Run(["classify", "--model", model.path, image, "--labels-from", "-"])
        // Until the tool has taken the signals over, one ends it as it ends any process.
        while !run.isCatching(signal) { usleep(20_000) }
        run.signal(signal)
        let result = try run.wait()
        #expect(result.status == 130 && result.errors == "clip: interrupted\n")
    }

    @Test("a pipe for an output is refused, which nobody may ever read")
    func pipe() throws {
        #expect(mkfifo(folder.path("x.npy"), 0o600) == 0)
        let result = try Tool.run(["embed", "--model", model.path, "--texts", "a", "--output", folder.path("x.npy")])
        #expect(result.status == 69 && result.errors.contains("found a pipe"))
    }

    @Test("a killed run leaves the old file, and the next one writes the new")
    func kill() throws {
        let output = try folder.write(Array("old".utf8), as: "x.npy")
        let run = try start(to: output)
        run.signal(SIGKILL)
        _ = try run.finish()
        #expect(try String(contentsOfFile: output, encoding: .utf8) == "old")
        #expect(try Tool.run(["embed", "--model", model.path, "--texts", "a", "--output", output]).status == 0)
        #expect(try folder.names() == ["texts", "x.npy"])
    }
}
