/// A zip archive over mapped bytes, read by its central directory: nothing is unpacked and no checksum is computed.
///
/// PyTorch stores its records as they are, so a record is a range of the file; only the source text in TorchScript
/// archives may be deflated. All records lie in one folder, whose name is that of the file that was first written.
struct ZipArchive {
    /// A record of the archive.
    struct Entry {
        let method: UInt16
        /// The size in the archive.
        let packedCount: Int
        let count: Int
        /// Where its local header begins.
        let start: Int
        /// Where the next record, or the directory, begins.
        var limit: Int
    }

    private let bytes: UnsafeRawBufferPointer
    private let entries: [String: Entry]
    /// The folder of all records, with its slash.
    private let folder: String

    private static let headerSize = 30

    /// Reads the directory and checks that the records lie in one folder and do not overlap.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        self.bytes = bytes
        let directory = try ZipDirectory(bytes)
        let part = UnsafeRawBufferPointer(rebasing: bytes[directory.range])
        var cursor = try ByteCursor(part, of: "the zip directory")
        var found: [(name: String, entry: Entry)] = []
        for _ in 0..<directory.entryCount { found.append(try Self.entry(&cursor, limit: directory.range.lowerBound)) }
        guard cursor.remaining == 0 else {
            throw TorchFormatError(
                expected: "\(directory.entryCount) entries in the zip directory",
                found: "\(cursor.remaining) bytes more")
        }
        folder = try Self.folder(of: found.map(\.name))
        entries = try Self.table(found)
    }

    /// Whether there is a record whose name begins so.
    func contains(prefix: String) -> Bool { entries.keys.contains { $0.hasPrefix(folder + prefix) } }

    /// The place of a stored record in the file; nil where there is none of the name.
    func range(of name: String) throws -> Range<Int>? {
        guard let entry = entries[folder + name] else { return nil }
        guard entry.method == 0, entry.packedCount == entry.count else {
            throw TorchFormatError(
                expected: "the record \(name.brief) stored as it is",
                found: "it compressed (a torch file that was packed anew?)")
        }
        return try place(of: entry, named: name)
    }

    /// The text of a record, unpacked where it is deflated; nil where there is none of the name.
    func text(of name: String, limit: Int) throws -> String? {
        guard let entry = entries[folder + name] else { return nil }
        let packed = try UnsafeRawBufferPointer(rebasing: bytes[place(of: entry, named: name)])
        guard entry.count <= limit else {
            throw TorchFormatError(expected: "at most \(limit) bytes in \(name.brief)", found: "\(entry.count)")
        }
        if entry.method == 0 { return try String(utf8: packed, of: "a record of source text") }
        guard entry.method == 8 else {
            throw TorchFormatError(
                expected: "the record \(name.brief) stored or deflated", found: "zip method \(entry.method)")
        }
        let text = try inflated(packed, count: entry.count)
        return try text.withUnsafeBytes { try String(utf8: $0, of: "a record of source text") }
    }

    /// Where a record's bytes lie, behind its local header, whose extra field the directory does not tell.
    private func place(of entry: Entry, named name: String) throws -> Range<Int> {
        var cursor = try ByteCursor(bytes, at: entry.start, of: "a zip record's header")
        let signature = try cursor.integer(UInt32.self)
        _ = try cursor.take(22)
        let (nameCount, extraCount) = try (cursor.integer(UInt16.self), cursor.integer(UInt16.self))
        let start = entry.start + Self.headerSize + Int(nameCount) + Int(extraCount)
        guard signature == 0x0403_4B50, start <= entry.limit, entry.packedCount <= entry.limit - start else {
            throw TorchFormatError(
                expected: "the \(entry.packedCount) bytes of the record \(name.brief) before byte \(entry.limit)",
                found: signature == 0x0403_4B50 ? "them from byte \(start)" : "no header at byte \(entry.start)")
        }
        return start..<start + entry.packedCount
    }
}

extension ZipArchive {
    private static func entry(_ cursor: inout ByteCursor, limit: Int) throws -> (name: String, entry: Entry) {
        guard try cursor.integer(UInt32.self) == 0x0201_4B50 else {
            throw TorchFormatError(
                expected: "an entry at byte \(cursor.position - 4) of the zip directory", found: "other bytes")
        }
        _ = try cursor.take(4)
        let (flags, method) = try (cursor.integer(UInt16.self), cursor.integer(UInt16.self))
        _ = try cursor.take(8)
        let (packed, count) = try (cursor.integer(UInt32.self), cursor.integer(UInt32.self))
        let (nameCount, extraCount) = try (cursor.integer(UInt16.self), cursor.integer(UInt16.self))
        let commentCount = try cursor.integer(UInt16.self)
        _ = try cursor.take(8)
        let start = try cursor.integer(UInt32.self)
        let name = try String(utf8: cursor.take(Int(nameCount)), of: "a name of the zip directory")
        var sizes = LargeSizes(extra: try cursor.take(Int(extraCount)))
        _ = try cursor.take(Int(commentCount))
        guard flags & 1 == 0 else {
            throw TorchFormatError(expected: "an open zip archive", found: "the encrypted record \(name.brief)")
        }
        // In this order, as the extra field has them.
        let (largeCount, largePacked, largeStart) = try (sizes.size(count), sizes.size(packed), sizes.size(start))
        let room = limit - headerSize - Int(nameCount)
        guard largeStart <= room, largePacked <= room - largeStart else {
            throw TorchFormatError(
                expected: "the record \(name.brief) before byte \(limit)",
                found: "\(largePacked) bytes from byte \(largeStart)")
        }
        return (
            name, Entry(method: method, packedCount: largePacked, count: largeCount, start: largeStart, limit: limit)
        )
    }

    /// The one folder that all names begin with.
    private static func folder(of names: [String]) throws -> String {
        guard let first = names.first, let slash = first.firstIndex(of: "/"), slash > first.startIndex else {
            throw TorchFormatError(
                expected: "a zip archive whose records lie in a folder",
                found: names.first.map { "the record \($0.brief)" } ?? "an empty one")
        }
        let folder = String(first[...slash])
        for name in names {
            let steps = name.split(separator: "/", omittingEmptySubsequences: false)
            guard name.hasPrefix(folder), !steps.contains(".."), !name.contains("\0") else {
                throw TorchFormatError(
                    expected: "records within the folder \(folder.brief)", found: "the record \(name.brief)")
            }
        }
        return folder
    }

    /// The entries by name, each with the place where it must have ended.
    private static func table(_ found: [(name: String, entry: Entry)]) throws -> [String: Entry] {
        let found = found.sorted { $0.entry.start < $1.entry.start }
        var table: [String: Entry] = [:]
        for (index, (name, entry)) in found.enumerated() {
            var entry = entry
            if index + 1 < found.count { entry.limit = found[index + 1].entry.start }
            guard entry.start + headerSize + name.utf8.count + entry.packedCount <= entry.limit else {
                throw TorchFormatError(
                    expected: "zip records one after the other",
                    found: "\(name.brief) and \(found[index + 1].name.brief) in one place")
            }
            guard table.updateValue(entry, forKey: name) == nil else {
                throw TorchFormatError(expected: "each zip record once", found: "\(name.brief) twice")
            }
        }
        return table
    }
}

/// The sizes of an entry that do not fit into 32 bits, from the zip64 extra field.
private struct LargeSizes {
    private var field: ByteCursor?

    init(extra: UnsafeRawBufferPointer) {
        guard var cursor = try? ByteCursor(extra, of: "a zip entry's extra field") else { return }
        while let id = try? cursor.integer(UInt16.self), let body = try? cursor.takeCounted(UInt16.self) {
            if id == 1 { field = try? ByteCursor(body, of: "a zip64 extra field") }
        }
    }

    /// The size itself, or the next of the extra field where all bits of it are set.
    mutating func size(_ size: UInt32) throws -> Int {
        guard size == .max, field != nil else { return Int(size) }
        guard let large = try field?.integer(UInt64.self), let size = Int(exactly: large) else {
            throw TorchFormatError(expected: "a size within 63 bits in a zip64 extra field", found: "a larger one")
        }
        return size
    }
}
