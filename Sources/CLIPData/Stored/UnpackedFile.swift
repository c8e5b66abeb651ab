internal import CLIPFiles
import Foundation

/// The bytes of an open file: its own, or what it was unpacked to. Read by position, so that any number of threads may, and
/// a file that shrinks or a disk that fails is an error.
final class UnpackedFile: Sendable {
    /// The file's path, which errors name.
    let path: String
    /// The number of bytes.
    let count: Int
    /// Why the bytes end before they should: a packed file that is broken.
    let fault: String?
    private let descriptor: Int32

    /// Opens a file; one that is packed by gzip or zstd, whatever its name, is unpacked to a file that has no name.
    ///
    /// - Parameter largest: How many bytes it may be unpacked to; 64 GiB, as shards may, if not given.
    /// - Throws: `FileError` where it cannot be opened, or there is no room to unpack it.
    init(opening path: String, largest: Int = 64 << 30) throws {
        self.path = path
        let source = try Self.open(path)
        guard let packing = FileCompression(of: source.descriptor) else {
            (descriptor, count, fault) = (source.descriptor, source.count, nil)
            return
        }
        defer { close(source.descriptor) }
        let file = try UnnamedFile()
        fault = try Unpacking(path: path, source: source.descriptor, target: file, largest: largest).run(packing)
        (descriptor, count) = (file.keepOpen(), file.count)
    }

    deinit { close(descriptor) }

    /// The bytes of a part that lies within the file.
    func bytes(of extent: Extent) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: extent.count) { buffer, initialized in
            while initialized < extent.count {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized..<extent.count])
                let read = pread(descriptor, rest.baseAddress, rest.count, off_t(extent.offset + initialized))
                if read > 0 {
                    initialized += read
                } else if read == 0 {
                    throw FileError(.unreadable, path: path, "has become shorter while it was read")
                } else if errno != EINTR {
                    throw FileError.system(path)
                }
            }
        }
    }

    private static func open(_ path: String) throws -> (descriptor: Int32, count: Int) {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError.system(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(.badData, path: path, "expected a regular file, found a folder or a device")
        }
        return (descriptor, Int(status.st_size))
    }
}
