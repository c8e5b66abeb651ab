internal import Foundation

/// The Python packages that tests compare with, where `scripts/reference` has installed them.
public enum PythonReference {
    private static let python = SharedData.package.appending(path: ".deps/reference/bin/python")

    /// Whether they are installed.
    public static var isPresent: Bool { FileManager.default.isExecutableFile(atPath: python.path) }

    /// Whether a package is among them: one that was added lately may be missing in an older installation.
    public static func has(_ package: String) -> Bool {
        let libraries = python.deletingLastPathComponent().deletingLastPathComponent().appending(path: "lib")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
        return versions.contains {
            FileManager.default.fileExists(atPath: libraries.appending(path: "\($0)/site-packages/\(package)").path)
        }
    }

    /// Why a test skips.
    public static let reason = "needs the reference packages in .deps/reference"

    /// What a script says when it fails.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs a script of `Tests/Parity` and returns its standard output.
    @discardableResult
    public static func run(_ script: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = python
        process.arguments = [SharedData.package.appending(path: "Tests/Parity/\(script)").path] + arguments
        let (output, errors) = (Pipe(), FileManager.default.temporaryDirectory.appending(path: "\(UUID()).txt"))
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        var environment = ProcessInfo.processInfo.environment
        environment["HF_HUB_OFFLINE"] = "1"
        environment["OMP_NUM_THREADS"] = "1"
        process.environment = environment
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let reason = try String(contentsOf: errors, encoding: .utf8)
            throw Failure(description: "\(script) failed:\n\(reason.suffix(4000))")
        }
        return text
    }
}
