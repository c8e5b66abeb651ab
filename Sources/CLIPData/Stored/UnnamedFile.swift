internal import CLIPFiles
import Foundation

/// A temporary file that has lost its name: it goes with its descriptor, whatever ends the process.
final class UnnamedFile {
    /// The bytes written so far.
    private(set) var count = 0
    private let path: String
    private var descriptor: Int32

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "clip-unpacked-XXXXXX").path
        var name = Array(path.utf8CString)
        descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw FileError.system(path, writing: true) }
        unlink(name)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if written >= 0 {
                done += written
            } else if errno != EINTR {
                throw FileError.system(path, writing: true)
            }
        }
        count += bytes.count
    }

    /// Hands the descriptor over.
    func keepOpen() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }
}
