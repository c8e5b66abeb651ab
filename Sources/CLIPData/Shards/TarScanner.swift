/// A part of a shard's file.
struct Extent: Sendable, Hashable {
    var offset: Int
    var count: Int
}

/// Walks through the members of a tar archive, from header to header, without reading what they hold.
///
/// Where a header is broken, the walk goes on at the next block that is one; where the file ends in the middle of a member,
/// the members before it stand. What is wrong is kept.
struct TarScanner {
    struct Member {
        let name: String
        let extent: Extent
    }

    /// The faults that were met: how many, and the first in words.
    struct Faults: Sendable, Hashable {
        var count = 0
        var first: String?

        mutating func add(_ reason: @autoclosure () -> String) {
            count += 1
            if first == nil { first = reason() }
        }
    }

    private(set) var faults = Faults()
    private let file: UnpackedFile
    private var offset = 0
    private var window: (start: Int, bytes: [UInt8]) = (0, [])

    /// No name and no list of attributes is longer.
    private static let longestExtension = 1 << 20
    /// A header, the caption behind it and the next header, in most shards.
    private static let readAhead = 4096

    init(_ file: UnpackedFile) { self.file = file }

    /// The next regular file of the archive, or `nil` at its end.
    ///
    /// - Throws: `FileError` where the disk does not give the bytes.
    mutating func next() throws -> Member? {
        var attributes = TarAttributes()
        while let (header, start) = try nextHeader() {
            let isOfMember = header.kind == .file || header.kind == .other
            let count = isOfMember ? attributes.size ?? header.size : header.size
            let extent = Extent(offset: start + TarHeader.size, count: count)
            guard count >= 0, count <= file.count - extent.offset else {
                let name = attributes.path ?? header.name
                faults.add("\(name) at byte \(start) has \(count) bytes, and only \(file.count - extent.offset) follow")
                // A broken size may hide headers that are whole.
                guard try skipToHeader(from: extent.offset) else { return nil }
                attributes = TarAttributes()
                continue
            }
            offset = extent.offset + (count + TarHeader.size - 1) / TarHeader.size * TarHeader.size
            switch header.kind {
            case .longName: attributes.path = TarHeader.text(try extensionBytes(extent)[...])
            case .attributes: attributes = TarAttributes(try extensionBytes(extent))
            case .file: return Member(name: attributes.path ?? header.name, extent: extent)
            case .other: attributes = TarAttributes()
            }
        }
        return nil
    }

    /// The next header and where it lies; `nil` at the end of the archive: a block of zeros, or the end of the file.
    private mutating func nextHeader() throws -> (TarHeader, Int)? {
        guard offset < file.count else { return nil }
        let start = offset
        let block = try bytes(at: start, TarHeader.size)
        if let header = TarHeader(block[...]) { return (header, start) }
        if block.allSatisfy({ $0 == 0 }) { return nil }
        if block.count < TarHeader.size {
            faults.add("expected a header of 512 bytes at byte \(start), found the end after \(block.count)")
            return nil
        }
        faults.add("expected a tar header at byte \(start), found none")
        guard try skipToHeader(from: start + TarHeader.size) else { return nil }
        return try nextHeader()
    }

    /// Looks for a header from a block on. Only one with an archive's mark is taken for one.
    private mutating func skipToHeader(from start: Int) throws -> Bool {
        offset = start
        while offset <= file.count - TarHeader.size {
            if let header = TarHeader(try bytes(at: offset, TarHeader.size)[...]), header.isMarked { return true }
            offset += TarHeader.size
        }
        return false
    }

    private func extensionBytes(_ extent: Extent) throws -> [UInt8] {
        extent.count <= Self.longestExtension ? try file.bytes(of: extent) : []
    }

    private mutating func bytes(at start: Int, _ count: Int) throws -> [UInt8] {
        let first = start - window.start
        if first >= 0, first + count <= window.bytes.count { return Array(window.bytes[first..<(first + count)]) }
        window = (start, try file.bytes(of: Extent(offset: start, count: min(Self.readAhead, file.count - start))))
        return Array(window.bytes.prefix(count))
    }
}
