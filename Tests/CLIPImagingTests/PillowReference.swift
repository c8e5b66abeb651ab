import CLIPTestSupport
import Foundation
import Testing

/// The images and checksums that the script leaves in a temporary folder.
struct PillowReference {
    struct Manifest: Decodable {
        var entries: [Entry]
    }

    /// One file: the mode Pillow gave it, what each processing made of it, or why it was refused.
    struct Entry: Decodable {
        struct Pixels: Decodable {
            var width: Int
            var height: Int
            var crc: UInt32
            var dump: String?
        }

        var file: String
        var mode: String?
        var error: String?
        var normalized: UInt32?
        var results: [String: Pixels]

        private enum CodingKeys: String, CodingKey {
            case file, mode, error, results
            case normalized = "normalized 96"
        }
    }

    let folder: URL
    let manifest: Manifest

    static let python = SharedData.package.appending(path: ".deps/reference/bin/python")
    static var isPresent: Bool { FileManager.default.isExecutableFile(atPath: python.path) }

    static func make() throws -> PillowReference {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pixels-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = python
        process.arguments = [SharedData.package.appending(path: "Tests/Parity/pixels.py").path, folder.path]
        if SharedData.isPresent { process.arguments?.append(SharedData.folder.path) }
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "pixels.py failed")
        let data = try Data(contentsOf: folder.appending(path: "manifest.json"))
        return PillowReference(folder: folder, manifest: try JSONDecoder().decode(Manifest.self, from: data))
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
