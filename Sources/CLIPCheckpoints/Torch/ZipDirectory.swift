/// Where a zip archive has its central directory, as the records at the end of the file say.
///
/// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.14 to 4.3.16
struct ZipDirectory {
    let range: Range<Int>
    let entryCount: Int

    private static let endSize = 22
    private static let locatorSize = 20
    private static let largeEndSize = 56
    private static let commentLimit = 0xFFFF

    init(_ bytes: UnsafeRawBufferPointer) throws {
        let end = try Self.endRecord(bytes)
        var place = end
        var fields = try Self.fields(bytes, at: end)
        if let large = try Self.largeEndRecord(bytes, before: end) {
            place = large
            fields = try Self.largeFields(bytes, at: large)
        }
        guard let start = Int(exactly: fields.start), let size = Int(exactly: fields.size),
            start <= place, size == place - start
        else {
            throw TorchFormatError(
                expected: "the zip directory to end at byte \(place)",
                found: "\(fields.size) bytes from byte \(fields.start)")
        }
        guard let count = Int(exactly: fields.count), count <= size else {
            throw TorchFormatError(expected: "at most \(size) entries in the zip directory", found: "\(fields.count)")
        }
        range = start..<place
        entryCount = count
    }

    private typealias Fields = (count: UInt64, size: UInt64, start: UInt64)

    /// The place of the end record, which a comment of a stated length may follow.
    private static func endRecord(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        let last = bytes.count - endSize
        for place in stride(from: last, through: max(last - commentLimit, 0), by: -1)
        where bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian == 0x0605_4B50 {
            let comment = bytes.loadUnaligned(fromByteOffset: place + 20, as: UInt16.self).littleEndian
            if place + endSize + Int(comment) == bytes.count { return place }
        }
        throw TorchFormatError(
            expected: "a zip archive with its directory at the end", found: "none (a file that was cut off?)")
    }

    private static func fields(_ bytes: UnsafeRawBufferPointer, at place: Int) throws -> Fields {
        var cursor = try ByteCursor(bytes, at: place + 4, of: "the zip directory's end")
        try checkOneDisk(cursor.integer(UInt16.self), cursor.integer(UInt16.self))
        _ = try cursor.integer(UInt16.self)
        return try (
            UInt64(cursor.integer(UInt16.self)), UInt64(cursor.integer(UInt32.self)),
            UInt64(cursor.integer(UInt32.self))
        )
    }

    /// The place of the end record of a zip64 archive, if it is one.
    private static func largeEndRecord(_ bytes: UnsafeRawBufferPointer, before end: Int) throws -> Int? {
        guard end >= locatorSize else { return nil }
        var cursor = try ByteCursor(bytes, at: end - locatorSize, of: "the zip64 locator")
        guard try cursor.integer(UInt32.self) == 0x0706_4B50 else { return nil }
        _ = try cursor.integer(UInt32.self)
        let place = try cursor.integer(UInt64.self)
        guard place <= UInt64(max(end - locatorSize - largeEndSize, 0)) else {
            throw TorchFormatError(
                expected: "the end of the zip64 directory before its locator", found: "it at \(place)")
        }
        return Int(place)
    }

    private static func largeFields(_ bytes: UnsafeRawBufferPointer, at place: Int) throws -> Fields {
        var cursor = try ByteCursor(bytes, at: place, of: "the zip64 directory's end")
        let signature = try cursor.integer(UInt32.self)
        guard signature == 0x0606_4B50 else {
            throw TorchFormatError(expected: "the end of the zip64 directory at byte \(place)", found: "other bytes")
        }
        _ = try cursor.take(12)
        try checkOneDisk(cursor.integer(UInt32.self), cursor.integer(UInt32.self))
        _ = try cursor.integer(UInt64.self)
        return try (cursor.integer(UInt64.self), cursor.integer(UInt64.self), cursor.integer(UInt64.self))
    }

    private static func checkOneDisk(_ disk: some FixedWidthInteger, _ start: some FixedWidthInteger) throws {
        // A zip64 archive may have all bits set here.
        guard disk == 0 || disk == .max, start == 0 || start == .max else {
            throw TorchFormatError(expected: "a zip archive in one file", found: "part \(disk) of several")
        }
    }
}
