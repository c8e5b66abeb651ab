internal import Foundation

/// A file that grows at its end, line after line, such as a log: what was appended is there at once.
package final class AppendedFile {
    private let path: String
    private let descriptor: Int32

    /// Opens the file at `path`, which must be there.
    package init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError.system(path, writing: true) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends all of the bytes.
    package func write(_ bytes: some Sequence<UInt8>) throws {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw FileError.system(path, writing: true)
            }
        }
    }
}
