internal import CLIPFiles
internal import Foundation

/// The part of a file that has come so far, to which the rest is appended. It stays when the process ends.
final class PartialFile: @unchecked Sendable {
    // Safe: one download owns the file, and an exchange hands it bytes one after another, under its lock.
    let path: String
    private let descriptor: Int32
    /// The number of bytes that are there.
    private(set) var count: Int

    /// Opens the file at `path`, or makes an empty one.
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw FileError.system(path, writing: true) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = FileError.system(path, writing: true)
            close(descriptor)
            throw error
        }
        count = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Writes bytes behind those that are there.
    func append(_ bytes: Data) throws {
        try bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let written = pwrite(descriptor, rest.baseAddress, rest.count, off_t(count))
                if written < 0 && errno != EINTR { throw FileError.system(path, writing: true) }
                done += max(written, 0)
                count += max(written, 0)
            }
        }
    }

    /// Throws away what is there.
    func clear() throws {
        guard ftruncate(descriptor, 0) == 0 else { throw FileError.system(path, writing: true) }
        count = 0
    }

    /// Flushes the file to the disk and gives it its name.
    func commit(as name: String) throws {
        guard fsync(descriptor) == 0, rename(path, name) == 0 else { throw FileError.system(name, writing: true) }
        try syncFolder(parentFolder(of: name), for: name)
    }

    /// Removes the file.
    func remove() { unlink(path) }
}
