import Foundation
import Testing

/// The built tool, run as its users run it.
struct Tool {
    /// What a run left.
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        /// The lines of standard error.
        var errorLines: [Substring] { errors.split(separator: "\n") }

        /// Standard output as JSON.
        func json<Value>(_ type: Value.Type = Value.self) throws -> Value {
            try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? Value)
        }
    }

    /// The tool beside the tests.
    static let executable = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "clip")

    /// Runs the tool to its end, and stops it after two minutes.
    @discardableResult
    static func run(
        _ arguments: [String], input: String = "", program: String = executable.path,
        environment: [String: String] = [:]
    ) throws -> Result {
        try Run(arguments, program: program, environment: environment).finish(input: input)
    }
}

/// A run of the tool that goes on.
final class Run {
    private let process = Process()
    private let input = Pipe()
    private let folder = FileManager.default.temporaryDirectory.appending(path: "clip-run-\(UUID().uuidString)")

    init(_ arguments: [String], program: String = Tool.executable.path, environment: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        // Models of tests are so small that threads would only wait for one another.
        process.environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1"]) { $1 }
            .merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = try stream("output")
        process.standardError = try stream("errors")
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Whether it has not ended yet.
    var isRunning: Bool { process.isRunning }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Whether the process has taken a signal over (Linux).
    func isCatching(_ number: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
            let mask = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16)
        else { return true }
        return mask & 1 << UInt64(number - 1) != 0
    }

    /// Writes all of its input, and waits for the end.
    func finish(input words: String = "") throws -> Tool.Result {
        try input.fileHandleForWriting.write(contentsOf: Data(words.utf8))
        try input.fileHandleForWriting.close()
        return try wait()
    }

    /// Waits for the end, with an input that stays open.
    func wait() throws -> Tool.Result {
        let process = process
        let watchdog = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: watchdog)
        process.waitUntilExit()
        watchdog.cancel()
        return Tool.Result(
            status: process.terminationStatus, output: try text(of: "output"), errors: try text(of: "errors"))
    }

    private func stream(_ name: String) throws -> FileHandle {
        let file = folder.appending(path: name)
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }

    private func text(of name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
}
