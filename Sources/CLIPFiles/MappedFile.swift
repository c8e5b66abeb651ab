internal import Foundation

/// A file's bytes, mapped into memory: pages are read when they are touched.
///
/// The pages may be written, privately to this process: the file never changes. The file must not be shortened in place
/// by others while it is mapped; ``AtomicFile`` and all tools that replace files by renaming never do that.
package final class MappedFile: @unchecked Sendable {
    // Safe: the properties never change, and who writes into the pages orders the accesses, as for any memory.
    package let path: String
    private let base: UnsafeMutableRawPointer?
    /// The size of the file in bytes.
    package let count: Int

    /// Maps the regular file at `path`; throws ``FileError`` where there is none, or it cannot be read.
    package init(path: String) throws {
        self.path = path
        let (descriptor, count) = try openRegularFile(path)
        defer { close(descriptor) }
        self.count = count
        guard count > 0 else {
            base = nil
            return
        }
        let mapped = mmap(
            nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0)
        guard let mapped, mapped != MAP_FAILED else { throw FileError.system(path) }
        base = mapped
    }

    deinit {
        if let base { munmap(base, count) }
    }

    /// All bytes; valid while the file object lives.
    package var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: count) }
}

/// Opens a regular file for reading and tells its size; a folder, a pipe or a device is refused without waiting for it.
private func openRegularFile(_ path: String) throws -> (descriptor: Int32, count: Int) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError.system(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
        let error = FileError.system(path)
        close(descriptor)
        throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
        close(descriptor)
        let found = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device or a pipe"
        throw FileError(.badData, path: path, "expected a regular file, found \(found)")
    }
    return (descriptor, Int(status.st_size))
}

/// Reads a whole file whose size is at most `limit` bytes, checked before anything is read.
package func contents(ofFile path: String, limit: Int = 256 << 20) throws -> [UInt8] {
    try readFile(path) { size in
        if size <= limit { return true }
        throw FileError(.badData, path: path, "expected at most \(limit) bytes, found \(size)")
    } ?? []
}

/// Reads a whole file, or nothing where its size is above `limit` bytes.
package func contents(ofFile path: String, ifAtMost limit: Int) throws -> [UInt8]? {
    try readFile(path) { size in size <= limit }
}

/// Copies a file into memory if its size is wanted. A file that others shorten meanwhile gives fewer bytes, where a mapped
/// one would end the process.
private func readFile(_ path: String, ifSize isWanted: (Int) throws -> Bool) throws -> [UInt8]? {
    let (descriptor, size) = try openRegularFile(path)
    defer { close(descriptor) }
    guard try isWanted(size) else { return nil }
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size {
            let part = read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
            if part == 0 { return }
            if part > 0 {
                count += part
            } else if errno != EINTR {
                failure = FileError.system(path)
                return
            }
        }
    }
    if let failure { throw failure }
    return bytes
}
