import Testing

struct ClipCommandTests {
    private static let commands = ["demo", "train", "classify", "embed", "tokenize", "preprocess", "inspect", "pull"]

    @Test("help goes to standard output and is no failure", arguments: commands + [""])
    func help(command: String) throws {
        let result = try Tool.run([command, "--help"].filter { !$0.isEmpty })
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(result.output.contains("clip \(command)") && result.output.contains("OVERVIEW"))
    }

    @Test("every command is listed")
    func list() throws {
        let output = try Tool.run([]).output
        for command in Self.commands { #expect(output.contains("  \(command) ")) }
    }

    @Test("an unknown command and an unknown option are wrong usage", arguments: [["fly"], ["--fly"], ["train"]])
    func usage(arguments: [String]) throws {
        let result = try Tool.run(arguments)
        #expect(result.status == 64 && result.output.isEmpty && !result.errors.isEmpty)
    }

    @Test("the version names libtorch's")
    func version() throws {
        let result = try Tool.run(["--version"])
        #expect(result.status == 0 && result.output.contains("libtorch 2."))
    }
}
