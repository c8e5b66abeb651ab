import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

/// Compares live with Pillow and numpy, by way of `Tests/Parity/corruption.py`.
@Suite(
    "Corruptions are Pillow's and ImageNet-C's",
    .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
struct CorruptionParityTests {
    private struct Manifest: Decodable {
        struct Corrupted: Decodable {
            var image: String
            var kind: ImageCorruption.Kind
            var severity: Int
            var index: Int
            var raw: String
        }
        struct File: Decodable {
            var image: String
            var mode: String
            var quality: Int
            var file: String
        }
        struct Changed: Decodable {
            var image: String
            var amount: Double
            var raw: String
        }
        var seed: UInt64
        var corrupted: [Corrupted]
        var files: [File]
        var turned: [Changed]
        var blurred: [Changed]
    }

    /// The reference's results, and the images behind them.
    private struct Reference {
        let folder: TemporaryFolder
        let manifest: Manifest
        let images: [String: Bitmap]

        init() throws {
            folder = try TemporaryFolder()
            var arguments = [folder.url.path]
            if SharedData.isPresent {
                for name in ["000000000790.jpg", "000000121647.jpg"] {
                    arguments.append(SharedData.folder.appending(path: "coco/images/\(name)").path)
                }
            }
            try PythonReference.run("corruption.py", arguments)
            let data = try Data(contentsOf: folder.url.appending(path: "manifest.json"))
            manifest = try JSONDecoder().decode(Manifest.self, from: data)
            var images: [String: Bitmap] = [:]
            for name in Set(manifest.corrupted.map(\.image)) {
                images[name] = try Bitmap(file: folder.url.appending(path: name).path)
            }
            self.images = images
        }

        func image(_ name: String) throws -> Bitmap { try #require(images[name]) }

        /// The greatest difference between an image's samples and a file of the reference's.
        func distance(_ image: Bitmap, _ raw: String) throws -> Int {
            let expected = try Data(contentsOf: folder.url.appending(path: raw))
            try #require(expected.count == image.pixels.count, "\(raw)")
            return zip(expected, image.pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
        }
    }

    @Test("every kind in every strength, and each operation by itself, gives the reference's bytes")
    func parity() throws {
        let reference = try Reference()
        for entry in reference.manifest.corrupted {
            let corruption = ImageCorruption(entry.kind, severity: entry.severity)
            let found = try corruption(
                reference.image(entry.image), seed: reference.manifest.seed, index: entry.index, name: entry.image)
            // Hue, saturation and value take the reference through roundings that can tip a half.
            let tolerance = entry.kind == .brightness ? 1 : 0
            #expect(try reference.distance(found, entry.raw) <= tolerance, "\(entry.image) \(corruption)")
        }
        for entry in reference.manifest.turned {
            let found = try reference.image(entry.image).rgb().rotated(degrees: entry.amount)
            #expect(try reference.distance(found, entry.raw) == 0, "\(entry.image) turned by \(entry.amount)")
        }
        for entry in reference.manifest.blurred {
            let found = try reference.image(entry.image).rgb().blurred(deviation: entry.amount)
            #expect(try reference.distance(found, entry.raw) == 0, "\(entry.image) blurred by \(entry.amount)")
        }
        for entry in reference.manifest.files {
            let image = try reference.image(entry.image)
            let found = try (entry.mode == "L" ? image.grey() : image.rgb()).jpegData(quality: entry.quality)
            let expected = try Data(contentsOf: reference.folder.url.appending(path: entry.file))
            // Compared beforehand, so that a failure does not print both files.
            let isSame = found == expected
            #expect(isSame, "\(entry.file)")
        }
    }
}
