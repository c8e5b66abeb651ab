internal import Foundation

/// A folder that one process works in at a time: made where it is missing, and locked while the object lives.
package final class FolderLock {
    private let descriptor: Int32

    /// Makes and locks the folder at `path`; throws ``FileError`` where another process, or another object, has it.
    package init(path: String) throws {
        try makeFolder(path)
        descriptor = try Self.openLocked(path)
    }

    deinit { close(descriptor) }

    private static func openLocked(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.system(path, writing: true) }
        do {
            try lock(descriptor, for: path)
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }
}

/// Makes a folder, and those above it, where they are missing.
package func makeFolder(_ path: String) throws {
    guard !path.isEmpty else {
        throw FileError(.unwritable, path: path, "cannot be made: expected the name of a folder, found none")
    }
    guard var number = failureToMake(path) else { return }
    let parent = parentFolder(of: path)
    if number == ENOENT, parent != path {
        try makeFolder(parent)
        guard let again = failureToMake(path) else { return }
        number = again
    }
    throw FileError(.unwritable, path: path, "expected a folder or room for one: \(String(cString: strerror(number)))")
}

/// Tries to make a folder, which may be there; the error's number where it cannot be made.
private func failureToMake(_ path: String) -> Int32? {
    if mkdir(path, 0o777) == 0 { return nil }
    let number = errno
    return isFolder(path) ? nil : number
}

private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
