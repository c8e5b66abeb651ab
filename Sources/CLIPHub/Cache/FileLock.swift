internal import CLIPFiles
internal import Foundation

/// A lock among processes and tasks, by `flock` on a file, as huggingface_hub takes it on the same files.
enum FileLock {
    /// Runs `body` while the lock is held. The file is made where it is missing, and stays.
    static func holding<Result>(_ path: String, _ body: () async throws -> Result) async throws -> Result {
        let descriptor = try await acquire(path)
        // Closing lets the lock go, and so does the end of the process, however it comes.
        defer { close(descriptor) }
        return try await body()
    }

    private static func acquire(_ path: String) async throws -> Int32 {
        while true {
            if let descriptor = try attempt(path) { return descriptor }
            // A wait that can be cancelled, which flock's own could not.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The descriptor of the locked file; nil where another holds the lock, or has removed the file meanwhile.
    private static func attempt(_ path: String) throws -> Int32? {
        // Others of the group may share the cache, and then the lock.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o664)
        guard descriptor >= 0 else { throw FileError.system(path, writing: true) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
            if isSame(descriptor, as: path) { return descriptor }
        } else if errno != EWOULDBLOCK && errno != EINTR {
            let error = FileError.system(path, writing: true)
            close(descriptor)
            throw error
        }
        close(descriptor)
        return nil
    }
}
