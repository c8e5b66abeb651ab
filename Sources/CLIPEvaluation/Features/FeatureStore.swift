internal import CLIP
internal import CLIPFiles
internal import Foundation
internal import Synchronization

/// What towers made of inputs, kept on disk: a row of numbers for each digest of an input.
///
/// The file is a header and records of one size, each with a checksum, that are appended. A record that a killed process
/// left half-written is cut off; one that is damaged is passed over when it is asked for, and its input is embedded again.
package final class FeatureStore: @unchecked Sendable {
    // Safe: what changes is guarded by the mutex.
    /// The numbers of a row.
    package let width: Int

    private struct State {
        var places: [Key: Int] = [:]
        var count = 0
        var appended: AppendedFile?
    }

    /// The first half of a SHA-256.
    private struct Key: Hashable {
        var high: UInt64
        var low: UInt64
    }

    private let path: String
    private let lock: FolderLock?
    private let state: Mutex<State>

    private static let magic = Array("CLIPFEATURES\u{0}\u{0}\u{0}\u{1}".utf8)
    private static let headerSize = 64
    private static let digestSize = 32
    private static let checksumSize = 8

    private var recordSize: Int { Self.digestSize + 4 * width + Self.checksumSize }

    /// Opens the file of rows of `width` numbers in a folder that is made where it is missing.
    ///
    /// Where another process adds to it, what is there is read and nothing is added. A file that is none, or one of rows of
    /// another width, is begun anew: what it had can be computed again.
    ///
    /// - Throws: `FileError` where the folder cannot be written.
    package init(folder: String, width: Int) throws {
        self.width = width
        path = "\(folder)/features.bin"
        try makeFolder(folder)
        lock = try? FolderLock(path: folder)
        state = Mutex(State())
        try open()
    }

    /// Whether rows can be added.
    package var isWritable: Bool { lock != nil }

    /// The number of rows.
    package var count: Int { state.withLock { $0.places.count } }

    /// The row of an input; nil where there is none, or a damaged one.
    package func row(_ digest: [UInt8]) throws -> [Float]? {
        guard let place = state.withLock({ $0.places[Self.key(digest)] }) else { return nil }
        let record = try record(place)
        guard record.count == recordSize, Array(record[..<Self.digestSize]) == digest else { return nil }
        let body = record.count - Self.checksumSize
        guard Self.checksum(record[..<body]) == Array(record[body...]) else { return nil }
        return record[Self.digestSize..<body].withUnsafeBytes { bytes in
            (0..<width).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
    }

    /// Adds rows, which are then on disk as far as the system has written them.
    package func append(_ rows: [(digest: [UInt8], row: ArraySlice<Float>)]) throws {
        guard isWritable, !rows.isEmpty else { return }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count * recordSize)
        for (digest, row) in rows {
            precondition(
                digest.count == Self.digestSize && row.count == width, "a SHA-256 and a row of the store's width")
            let start = bytes.count
            bytes += digest
            for number in row { withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
            bytes += Self.checksum(bytes[start...])
        }
        try state.withLock { state in
            try state.appended?.write(bytes)
            for (digest, _) in rows {
                state.places[Self.key(digest)] = state.count
                state.count += 1
            }
        }
    }

    private func record(_ place: Int) throws -> [UInt8] {
        let file = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileError.system(path) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: recordSize)
        let count = bytes.withUnsafeMutableBytes {
            pread(file, $0.baseAddress, $0.count, off_t(Self.headerSize + place * recordSize))
        }
        return count == recordSize ? bytes : []
    }

    private func open() throws {
        if !isOfThisWidth() {
            guard isWritable else { return }
            try AtomicFile.write(header, to: path)
        }
        let file = try MappedFile(path: path)
        let records = max(0, file.count - Self.headerSize) / recordSize
        try state.withLock { state in
            state.count = records
            state.places.reserveCapacity(records)
            for place in 0..<records {
                let start = Self.headerSize + place * recordSize
                state.places[Self.key(file.bytes[start..<start + Self.digestSize])] = place
            }
            guard isWritable else { return }
            if file.count > Self.headerSize + records * recordSize {
                guard truncate(path, off_t(Self.headerSize + records * recordSize)) == 0 else {
                    throw FileError.system(path, writing: true)
                }
            }
            state.appended = try AppendedFile(path: path)
        }
    }

    private var header: [UInt8] {
        let numbers = withUnsafeBytes(of: UInt64(width).littleEndian) { Array($0) }
        return Self.magic + numbers + [UInt8](repeating: 0, count: Self.headerSize - Self.magic.count - numbers.count)
    }

    private func isOfThisWidth() -> Bool {
        guard let file = try? MappedFile(path: path), file.count >= Self.headerSize else { return false }
        return Array(file.bytes[..<Self.headerSize]) == header
    }

    private static func key(_ digest: some Collection<UInt8>) -> Key {
        func word(_ bytes: some Collection<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return Key(high: word(digest.prefix(8)), low: word(digest.dropFirst(8).prefix(8)))
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let digest = ContentDigest()
        bytes.withUnsafeBytes { digest.add($0) }
        return Array(digest.finish().prefix(checksumSize))
    }
}
