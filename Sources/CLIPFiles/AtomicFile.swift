internal import Foundation

/// A file that appears whole or not at all: written beside its place, flushed to the disk, then renamed.
///
/// Until ``commit()`` the old file stays as it was. An object that goes away without it removes what it wrote; what a
/// killed process left is taken over by the next writer of the same file. Two writers of one file at a time are refused.
/// A path that names a device is written to directly; a pipe is refused.
///
/// ```swift
/// try AtomicFile.write(to: path) { file in try file.write(Array("hello\n".utf8)) }
/// ```
package final class AtomicFile {
    /// The path as it was given, which errors name.
    package let path: String
    private let target: OutputTarget
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    /// The bytes given to the system so far.
    private var flushedCount = 0
    private var isFinished = false

    private static let bufferSize = 1 << 16

    /// Starts writing the file at `path`, whose folder must be there.
    package init(path: String) throws {
        ignoreFileSizeSignal
        self.path = path
        target = try OutputTarget(path: path)
        descriptor = try target.open()
        buffer.reserveCapacity(Self.bufferSize)
    }

    /// Writes a file with `body` and commits it; nothing changes where `body` throws.
    package static func write<Result>(to path: String, _ body: (AtomicFile) throws -> Result) throws -> Result {
        let file = try AtomicFile(path: path)
        let result = try body(file)
        try file.commit()
        return result
    }

    /// Writes the bytes as the whole file.
    package static func write(_ bytes: some Collection<UInt8>, to path: String) throws {
        try write(to: path) { try $0.write(bytes) }
    }

    /// The number of bytes written so far.
    package var count: Int { flushedCount + buffer.count }

    /// Appends bytes.
    package func write(_ bytes: some Collection<UInt8>) throws {
        let written: Void? = try bytes.withContiguousStorageIfAvailable { try write(UnsafeRawBufferPointer($0)) }
        if written == nil { try write(Array(bytes)) }
    }

    /// Appends bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        if bytes.count >= Self.bufferSize {
            try put(bytes)
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    /// Writes bytes over those at `offset`, such as a header whose counts are known at the end only.
    package func overwrite(_ bytes: [UInt8], at offset: Int) throws {
        precondition(offset + bytes.count <= count, "only bytes that were written can be written over")
        try flush()
        try bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                done += try written(pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done)))
            }
        }
    }

    /// Puts the file in its place, after all of it has reached the disk.
    package func commit() throws {
        precondition(!isFinished, "a file is committed once")
        try flush()
        if target.isReplaced {
            guard fsync(descriptor) == 0 else { throw failure() }
            guard rename(target.temporary, target.path) == 0 else { throw failure() }
        }
        isFinished = true
        // The lock on the temporary goes with the descriptor, after the rename.
        guard close(takeDescriptor()) == 0 else { throw failure() }
        if target.isReplaced { try syncFolder(target.folder, for: path) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        if target.isReplaced && !isFinished { unlink(target.temporary) }
        close(descriptor)
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { try put($0) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func put(_ bytes: UnsafeRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            done += try written(Foundation.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30)))
        }
        flushedCount += bytes.count
    }

    /// The bytes that a call wrote; none where it was interrupted.
    private func written(_ result: Int) throws -> Int {
        if result >= 0 { return result }
        if errno == EINTR { return 0 }
        throw failure()
    }

    private func takeDescriptor() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    private func failure() -> FileError { FileError.system(path, writing: true) }
}

/// A limit on the size of files then answers a write with an error, where it would end the process. A program's own
/// choice for the signal is kept.
private let ignoreFileSizeSignal: Void = {
    var action = sigaction()
    guard sigaction(SIGXFSZ, nil, &action) == 0 else { return }
    #if os(Linux)
        let isDefault = action.__sigaction_handler.sa_handler == nil
    #else
        let isDefault = action.__sigaction_u.__sa_handler == nil
    #endif
    if isDefault { signal(SIGXFSZ, SIG_IGN) }
}()

/// Makes the names in a folder last over a loss of power.
package func syncFolder(_ folder: String, for path: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder that may be written into but not read cannot be flushed; its files are in place all the same.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // Some file systems know no fsync of folders and say so by EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EBADF else {
        throw FileError.system(path, writing: true)
    }
}
