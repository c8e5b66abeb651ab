import CLIPSmallModel
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

/// Streams that are closed, full, blocked or no text.
struct StreamTests {
    private let model: SmallModelFolder
    private let samples: SampleImages

    init() throws {
        model = try SmallModelFolder()
        samples = try SampleImages()
    }

    /// Runs a line of the shell in which `clip` is the tool.
    private func shell(_ line: String) throws -> Tool.Result {
        try Tool.run(["-c", "clip() { '\(Tool.executable.path)' \"$@\"; }; \(line)"], program: "/bin/sh")
    }

    @Test(
        "with standard error closed, what it says goes nowhere, least of all into the output",
        arguments: ["2>&-", "1>&- 2>&-", "0<&- 1>&- 2>&-"])
    func closedErrors(streams: String) throws {
        let output = samples.folder.path("x.npy")
        let images = "'\(try samples.image(1))' /no/such.png '\(try samples.image(2))'"
        let line = "clip embed --model '\(model.path)' --images \(images) --output '\(output)' \(streams)"
        #expect(try shell(line).status == 65)
        #expect(try NumpyFile.read(output).shape == [2, SmallModelFolder.width])
        let header = 128
        #expect(try Data(contentsOf: URL(filePath: output)).count < header * 2 + 2 * SmallModelFolder.width * 4)
    }

    @Test("with standard output closed, a result that is lost is a failure")
    func closedOutput() throws {
        let result = try shell("clip tokenize --model '\(model.path)' a 1>&-")
        #expect(result.status == 69)
        #expect(result.errors == "clip: standard output: cannot be written: Bad file descriptor\n")
    }

    @Test("with standard input closed, labels from it are named as unreadable")
    func closedInput() throws {
        let result = try shell("clip classify --model '\(model.path)' '\(try samples.image(1))' --labels-from - <&-")
        #expect(result.status == 65)
        #expect(result.errors == "clip: standard input: cannot be read: Bad file descriptor\n")
    }

    @Test(
        "help and version that cannot be written are a failure",
        arguments: ["--version", "--help", "help classify", "classify --help", ""])
    func fullOutput(words: String) throws {
        let result = try shell("clip \(words) >/dev/full")
        #expect(result.status == 69)
        #expect(result.errors == "clip: standard output: cannot be written: No space left on device\n")
    }

    @Test("help for a command that is not there is wrong usage")
    func unknownHelp() throws {
        let result = try Tool.run(["help", "nope"])
        #expect(result.status == 64 && result.output.isEmpty && result.errors.contains("found \"nope\""))
        #expect(try Tool.run(["help", "classify"]).output.contains("clip classify"))
    }

    @Test("a word that is not UTF-8 is wrong usage, said as such")
    func badWords() throws {
        let result = try shell(
            "clip embed --model '\(model.path)' --images \"$(printf 'bad\\377.png')\" --output x.npy")
        #expect(result.status == 64 && result.errors.contains("expected UTF-8 on the command line, found \"bad"))
    }

    @Test("Apple's device is unavailable elsewhere, in our own words", .enabled(if: isLinux))
    func appleDevice() throws {
        let result = try Tool.run([
            "embed", "--model", model.path, "--texts", "a", "--device", "mps", "--output", samples.folder.path("x.npy"),
        ])
        #expect(result.status == 69)
        #expect(result.errors == "clip: device mps: expected Apple's GPU, found a machine without one\n")
    }

    @Test("a model whose weights are no numbers is bad data in every command", arguments: ["classify", "embed"])
    func noNumbers(command: String) throws {
        try model.spoil()
        let image = try samples.image(1)
        let output = samples.folder.path("x.npy")
        let arguments = command == "classify" ? [image, "--labels", "a,b"] : ["--images", image, "--output", output]
        let result = try Tool.run([command, "--model", model.path] + arguments)
        #expect(result.status == 65 && result.output.isEmpty && result.errorLines.count == 1)
        #expect(result.errors.hasPrefix("clip: \(model.path): expected weights that give finite numbers"))
        #expect(!FileManager.default.fileExists(atPath: output))
    }
}

private var isLinux: Bool {
    #if os(Linux)
        true
    #else
        false
    #endif
}
