internal import Foundation

/// Where an ``AtomicFile`` goes, and what it is called until then.
struct OutputTarget {
    /// The path as it was given, which errors name.
    let given: String
    /// The place itself, behind symbolic links.
    let path: String
    /// Whether a file is put in place by renaming; a device is written to.
    let isReplaced: Bool
    /// The access rights of the file that is replaced.
    private let mode: mode_t?

    init(path given: String) throws {
        self.given = given
        guard !given.isEmpty, !given.hasSuffix("/") else {
            throw FileError(.unwritable, path: given, "cannot be written: expected the name of a file")
        }
        var status = stat()
        guard stat(given, &status) == 0 else {
            (path, isReplaced, mode) = (given, true, nil)
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw FileError(.unwritable, path: given, "cannot be written: it is a folder")
        case S_IFIFO:
            // Opening a pipe without a reader would wait for one.
            throw FileError(.unwritable, path: given, "cannot be written: expected a file, found a pipe")
        case S_IFREG: (path, isReplaced, mode) = (resolved(given), true, status.st_mode & 0o777)
        default: (path, isReplaced, mode) = (given, false, nil)
        }
    }

    var folder: String { parentFolder(of: path) }

    /// The name in the same folder under which the file is written, one for all writers so that a stale one is found.
    var temporary: String { temporaryName(beside: path) }

    /// A descriptor to write to, from the first byte.
    func open() throws -> Int32 {
        guard isReplaced else {
            let descriptor = Foundation.open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileError.system(given, writing: true) }
            return descriptor
        }
        while true {
            if let descriptor = try openTemporary() { return descriptor }
        }
    }

    /// Opens and locks the temporary; nil where another writer has put it in place meanwhile.
    private func openTemporary() throws -> Int32? {
        let descriptor = Foundation.open(temporary, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError.system(given, writing: true) }
        do {
            try lock(descriptor, for: given)
            guard isSame(descriptor, as: temporary) else {
                close(descriptor)
                return nil
            }
            guard ftruncate(descriptor, 0) == 0 else { throw FileError.system(given, writing: true) }
            // Rights that cannot be carried over (another owner's file) are not worth a failure.
            if let mode { fchmod(descriptor, mode) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }
}

/// The place behind symbolic links; the path itself where that cannot be told.
func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
}

/// The folder in which the last part of a path lies.
package func parentFolder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The path without slashes at its end; of the root one stays.
package func withoutTrailingSlashes(_ path: String) -> String {
    var path = path[...]
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return String(path)
}

/// A hidden name beside `path` for what is not whole yet.
func temporaryName(beside path: String) -> String {
    let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    return "\(parentFolder(of: path))/.\(name).partial"
}

/// Locks an open file or folder for this writer, until its descriptor is closed.
func lock(_ descriptor: Int32, for path: String) throws {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        guard errno == EWOULDBLOCK else { throw FileError.system(path, writing: true) }
        throw FileError(.unwritable, path: path, "cannot be written: another process is writing it")
    }
}

/// Whether the descriptor is open on what `path` names now.
package func isSame(_ descriptor: Int32, as path: String) -> Bool {
    var opened = stat()
    var named = stat()
    guard fstat(descriptor, &opened) == 0, lstat(path, &named) == 0 else { return false }
    return opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
}
