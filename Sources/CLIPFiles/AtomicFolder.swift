internal import Foundation

/// A folder of files that appears whole or not at all: filled beside its place, then renamed.
///
/// A folder that is there already is replaced by one exchange of names, where the caller knows all that is in it;
/// a folder with anything else is refused, so that nobody's photographs make way for a model.
package final class AtomicFolder {
    /// The place as it was given, which errors name.
    package let path: String
    private let place: String
    private let temporary: String
    private let replaceable: Set<String>
    private var descriptor: Int32 = -1
    private var isFinished = false

    /// Starts a folder for `path`, whose parent must be there. A folder there may hold files of the names `replaceable`.
    package init(path: String, replaceable: Set<String>) throws {
        self.path = path
        self.replaceable = replaceable
        let trimmed = withoutTrailingSlashes(path)
        guard !trimmed.isEmpty, ![".", ".."].contains(trimmed.split(separator: "/").last ?? ".") else {
            throw FileError(.unwritable, path: path, "cannot be written: expected the name of a folder")
        }
        place = resolved(trimmed)
        temporary = temporaryName(beside: place)
        try checkReplaceable()
        try openTemporary()
    }

    /// Fills a folder with `body` and commits it; nothing changes where `body` throws.
    package static func write(
        to path: String, replaceable: Set<String>, _ body: (AtomicFolder) throws -> Void
    ) throws {
        let folder = try AtomicFolder(path: path, replaceable: replaceable)
        try body(folder)
        try folder.commit()
    }

    /// Throws where a folder could not be put at `path` in the end, before any work is done for it; what a killed process
    /// left beside it goes.
    package static func check(_ path: String, replaceable: Set<String>) throws {
        _ = try AtomicFolder(path: path, replaceable: replaceable)
    }

    /// Removes the folder at `path`, if there is one, as ``commit()`` would replace it: all of it or nothing.
    package static func remove(_ path: String, replaceable: Set<String>) throws {
        let folder = try AtomicFolder(path: path, replaceable: replaceable)
        guard exists(folder.place) else { return }
        // Over the empty temporary folder, which goes with the object.
        guard rename(folder.place, folder.temporary) == 0 else { throw folder.failure() }
    }

    /// Where a file of the folder is to be written now.
    package func pathOfFile(_ name: String) -> String { "\(temporary)/\(name)" }

    /// Writes a file of the folder; errors name the place where it would be in the end.
    package func write(_ bytes: some Collection<UInt8>, as name: String) throws {
        try writing(name) { try AtomicFile.write(bytes, to: $0) }
    }

    /// Calls `body` with the path at which a file of the folder is to be written; errors about that path name the place
    /// where it would be in the end.
    package func writing<Result>(_ name: String, _ body: (String) throws -> Result) throws -> Result {
        do {
            return try body(pathOfFile(name))
        } catch var error as FileError where error.path == pathOfFile(name) {
            error.path = "\(withoutTrailingSlashes(path))/\(name)"
            throw error
        }
    }

    /// Puts the folder in its place.
    package func commit() throws {
        precondition(!isFinished, "a folder is committed once")
        for name in try names(in: temporary) { try syncFile(name) }
        try syncFolder(temporary, for: path)
        try checkReplaceable()
        if exists(place) {
            try exchange()
        } else {
            guard rename(temporary, place) == 0 else { throw failure() }
        }
        isFinished = true
        try syncFolder(parentFolder(of: place), for: path)
    }

    deinit {
        if descriptor >= 0 {
            if !isFinished { removeFolder(temporary) }
            close(descriptor)
        }
    }

    /// Brings a file that others wrote into the folder to the disk.
    private func syncFile(_ name: String) throws {
        try writing(name) { path in
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileError.system(path, writing: true) }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw FileError.system(path, writing: true) }
        }
    }

    private func failure() -> FileError { FileError.system(path, writing: true) }

    /// Throws where something other than a folder of files with known names is in the place.
    private func checkReplaceable() throws {
        var status = stat()
        guard lstat(place, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError(.unwritable, path: path, "cannot be written: expected a folder or nothing, found a file")
        }
        guard let foreign = try names(in: place).first(where: { !isReplaceable($0) }) else { return }
        throw FileError(
            .unwritable, path: path,
            "cannot be replaced: the folder holds \(foreign.quoted()), which would be lost; choose another folder")
    }

    private func isReplaceable(_ name: String) -> Bool {
        var status = stat()
        guard lstat("\(place)/\(name)", &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { return false }
        return replaceable.contains(name)
    }

    /// Makes and locks the temporary folder, and empties it of what a killed process left.
    private func openTemporary() throws {
        while descriptor < 0 {
            guard mkdir(temporary, 0o777) == 0 || errno == EEXIST else { throw failure() }
            let opened = open(temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if opened < 0 && errno == ENOENT { continue }
            guard opened >= 0 else { throw failure() }
            do { try lock(opened, for: path) } catch {
                close(opened)
                throw error
            }
            if isSame(opened, as: temporary) { descriptor = opened } else { close(opened) }
        }
        do {
            for name in try names(in: temporary) { try FileManager.default.removeItem(atPath: pathOfFile(name)) }
        } catch let error as CocoaError {
            throw FileError(.unwritable, path: temporary, "cannot be emptied: \(error.localizedDescription)")
        }
    }

    /// The names in a folder, sorted.
    private func names(in folder: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw FileError(.unwritable, path: path, "cannot be looked into: \(error.localizedDescription)")
        }
    }

    /// Exchanges the names of the old folder and the new one, then removes the old one.
    private func exchange() throws {
        if exchangeNames(temporary, place) {
            removeFolder(temporary)
            return
        }
        // A file system without an exchange: for a moment neither has the name, and both are whole.
        let old = "\(temporary).old"
        removeFolder(old)
        guard rename(place, old) == 0 else { throw failure() }
        guard rename(temporary, place) == 0 else {
            let error = failure()
            _ = rename(old, place)
            throw error
        }
        removeFolder(old)
    }
}

private func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
}

/// What cannot be removed of a folder that nobody needs any more stays, hidden.
private func removeFolder(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
}

/// Exchanges two names in one step, where the system can.
private func exchangeNames(_ one: String, _ other: String) -> Bool {
    #if os(Linux)
        // The C library has the call (since 2.28) and shows it to C programs with GNU extensions only.
        typealias Exchange = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
        guard let symbol = dlsym(nil, "renameat2") else { return false }
        let exchange: UInt32 = 1 << 1  // RENAME_EXCHANGE of linux/fs.h
        return unsafeBitCast(symbol, to: Exchange.self)(AT_FDCWD, one, AT_FDCWD, other, exchange) == 0
    #else
        return renamex_np(one, other, UInt32(RENAME_SWAP)) == 0
    #endif
}
