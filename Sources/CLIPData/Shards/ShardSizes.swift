internal import CLIPFiles
import Foundation

/// How many samples shards have, as far as files beside them say it: `sizes.json` of webdataset and open_clip, a count for
/// each shard; `NAME_stats.json` of img2dataset; or `__len__`, a count for the one shard of its folder.
struct ShardSizes {
    private var sizes: [String: [String: Int]] = [:]

    /// A larger count is a slip.
    private static let largest = 1 << 32

    /// The count of a shard, or `nil` where nothing says it.
    ///
    /// - Parameter isAlone: Whether the shard is the only one of its folder.
    /// - Throws: ``DatasetError`` or `FileError` where a file of counts is no such file.
    mutating func count(of shard: String, isAlone: Bool) throws -> Int? {
        let folder = parentFolder(of: shard)
        let name = (shard as NSString).lastPathComponent
        if sizes[folder] == nil { sizes[folder] = try Self.sizes("\(folder)/sizes.json") }
        if let count = sizes[folder]?[name] { return count }
        let stem = name.prefix { $0 != "." }
        if let count = try Self.successes("\(folder)/\(stem)_stats.json") { return count }
        return isAlone ? try Self.length("\(folder)/__len__") : nil
    }

    private static func isPresent(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func sizes(_ path: String) throws -> [String: Int] {
        guard isPresent(path) else { return [:] }
        guard let members = try JSON(file: path).members else {
            throw DatasetError(path, "expected the numbers of samples by shard")
        }
        return try Dictionary(members.map { ($0.name, try checked($0.value.integer, path, $0.name)) }) { $1 }
    }

    private static func successes(_ path: String) throws -> Int? {
        guard isPresent(path), let value = try JSON(file: path)["successes"] else { return nil }
        return try checked(value.integer, path, "successes")
    }

    private static func length(_ path: String) throws -> Int? {
        guard isPresent(path) else { return nil }
        let text = String(decoding: try contents(ofFile: path, limit: 1 << 10), as: UTF8.self)
        return try checked(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), path, "its text")
    }

    private static func checked(_ count: Int?, _ path: String, _ name: String) throws -> Int {
        guard let count, (0...largest).contains(count) else {
            throw DatasetError(path, "expected a number of samples from 0 to \(largest) as \(name.quoted())")
        }
        return count
    }
}
