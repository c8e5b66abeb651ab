import CLIPTestSupport
import Foundation

/// Runs `Tests/Parity/tokens.py` in the reference environment.
enum ReferenceTokens {
    /// A text and the ids that the reference gives, or nil where it does not apply.
    struct Row: Codable {
        let kind: String
        let text: String
        let ids: [Int32]?
    }

    static let python = SharedData.package.appending(path: ".deps/reference/bin/python")
    static let isPresent = FileManager.default.isExecutableFile(atPath: python.path)
    static let reason = "needs the reference environment .deps/reference (open_clip_torch and transformers)"

    /// Runs the script with arguments and reads the rows that it writes.
    static func rows(_ arguments: [String], output: URL) throws -> [Row] {
        let process = Process()
        process.executableURL = python
        process.arguments =
            [SharedData.package.appending(path: "Tests/Parity/tokens.py").path] + arguments + ["--output", output.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(arguments: arguments, status: process.terminationStatus)
        }
        let decoder = JSONDecoder()
        return try Data(contentsOf: output).split(separator: 0x0A).map { try decoder.decode(Row.self, from: $0) }
    }

    struct Failure: Error {
        let arguments: [String]
        let status: Int32
    }
}

/// A folder that is there while a test runs.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "clip-tokens-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
