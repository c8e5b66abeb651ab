internal import Foundation

/// A disk of a few kilobytes, for what happens when it is full. Only root may mount one: elsewhere there is none.
public final class TinyDisk: Sendable {
    /// The folder where the disk is mounted.
    public let folder: TemporaryFolder

    /// Why a test skips.
    public static let reason = "needs the right to mount a tmpfs"

    /// Whether this process may mount one.
    public static let isPermitted = (try? TinyDisk(kilobytes: 16)) != nil

    /// Mounts a disk of the size.
    public init(kilobytes: Int) throws {
        folder = try TemporaryFolder()
        let arguments = ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder.url.path]
        guard try run("/bin/mount", arguments) == 0 else { throw CocoaError(.fileWriteNoPermission) }
    }

    deinit { _ = try? run("/bin/umount", [folder.url.path]) }
}

private func run(_ tool: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}
