internal import CCLIPZlib
internal import CLIPFiles
internal import Foundation

/// The sizes and checksums of a folder's files, by which one that was damaged is known before it is used.
package struct FileChecksums: Codable, Hashable {
    private struct Entry: Codable, Hashable {
        var bytes: Int
        /// The checksum of zip and PNG (ISO 3309).
        var crc32: UInt32
    }

    private var files: [String: Entry]

    /// Those of the files of these names in a folder, as they are now.
    package init(of names: Set<String>, in folder: String) throws {
        files = try Dictionary(uniqueKeysWithValues: names.map { ($0, try Self.entry("\(folder)/\($0)")) })
    }

    /// Reads the sums from a file of them.
    package init(file path: String) throws {
        do {
            let bytes = try contents(ofFile: path, limit: 1 << 20)
            self = try JSONDecoder().decode(FileChecksums.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw FileError(.badData, path: path, "expected checksums of files: \(error.inOneLine)")
        }
    }

    /// The text of a file of the sums.
    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Throws ``FileError`` naming the first of the files in a folder that is missing, or not the one that was written.
    package func check(_ names: Set<String>, in folder: String) throws {
        for name in names.sorted() {
            let path = "\(folder)/\(name)"
            guard let written = files[name] else {
                throw FileError(.badData, path: path, "expected a checksum of the file, found none")
            }
            let found = try Self.entry(path)
            guard found.bytes == written.bytes else {
                throw FileError(.badData, path: path, "expected \(written.bytes) bytes, found \(found.bytes)")
            }
            guard found.crc32 == written.crc32 else {
                throw FileError(
                    .badData, path: path,
                    "expected the CRC-32 \(Self.hexadecimal(written.crc32)), found \(Self.hexadecimal(found.crc32))")
            }
        }
    }

    private static func entry(_ path: String) throws -> Entry {
        let file = try MappedFile(path: path)
        let sum = crc32_z(0, file.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), file.count)
        return withExtendedLifetime(file) { Entry(bytes: file.count, crc32: UInt32(truncatingIfNeeded: sum)) }
    }

    private static func hexadecimal(_ sum: UInt32) -> String { String(format: "%08x", sum) }
}
