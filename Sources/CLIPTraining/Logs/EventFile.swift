internal import CLIPFiles
internal import Foundation

/// A file of TensorBoard's: records of events, each with its length and two checksums.
///
/// A record is appended in one write. What a killed process left half-written is the last record of its file, over which
/// TensorBoard goes on to the next file; a run that goes on therefore begins a new one.
package final class EventFile {
    private let file: AppendedFile

    private static let prefix = "events.out.tfevents."

    /// Begins a new file in a folder, which is made where it is not there. Its name comes after those of older files.
    ///
    /// - Parameters:
    ///   - step: The steps that were taken before: what older files say of later ones no longer holds.
    ///   - replacing: Whether files of an older run make way.
    package init(in folder: String, after step: Int, replacing: Bool) throws {
        try makeFolder(folder)
        let older = Self.files(in: folder)
        if replacing {
            for name in older where unlink("\(folder)/\(name)") != 0 {
                throw FileError.system("\(folder)/\(name)", writing: true)
            }
        }
        // The readers go through files in the order of their names, which begin with ten digits of seconds.
        let latest = older.compactMap { Int($0.dropFirst(Self.prefix.count).prefix { $0 != "." }) }.max() ?? 0
        let seconds = max(Int(Date().timeIntervalSince1970), min(latest, 9_999_999_998) + 1)
        let path = "\(folder)/\(Self.prefix)\(String(format: "%010d", seconds)).clip"
        try AtomicFile.write(
            Self.record(Event.version.bytes(at: 0)) + Self.record(Event.start.bytes(at: step + 1)), to: path)
        file = try AppendedFile(path: path)
    }

    /// Appends an event.
    package func append(_ event: Event, step: Int) throws { try file.write(Self.record(event.bytes(at: step))) }

    /// The names of the event files in a folder, in their order.
    package static func files(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// A record: the length, its checksum, the bytes, their checksum.
    static func record(_ bytes: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(bytes.count))
        return length + littleEndian(CRC32C.masked(length)) + bytes + littleEndian(CRC32C.masked(bytes))
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
