import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

/// Compares live with torchvision and open_clip, by way of `Tests/Parity/augmentation.py`.
@Suite(
    "Augmentations are torchvision's to the bit", .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
struct AugmentationParityTests {
    private struct Manifest: Decodable {
        struct Case: Decodable {
            var keys: ImageAugmentation
            var height: Int
            var width: Int
        }
        struct Augmented: Decodable {
            var file: String
            var `case`: String
            var seed: UInt64
            var crc: UInt32
        }
        struct Changed: Decodable {
            var change: String
            var factor: Float
            var crc: UInt32
        }
        var cases: [String: Case]
        var augmented: [Augmented]
        var changed: [Changed]
    }

    @Test("the same random numbers give the same crops, mirror images and colours of every mode")
    func parity() throws {
        let folder = try TemporaryFolder()
        try PythonReference.run("augmentation.py", [folder.url.path])
        let data = try Data(contentsOf: folder.url.appending(path: "manifest.json"))
        let manifest = try JSONDecoder().decode(Manifest.self, from: data)
        #expect(manifest.augmented.count > 1000)
        var images: [String: Bitmap] = [:]
        var differing: [String] = []
        for entry in manifest.augmented {
            let image = try images[entry.file] ?? Bitmap(file: folder.url.appending(path: entry.file).path)
            images[entry.file] = image
            let form = try #require(manifest.cases[entry.case])
            var generator = SeededGenerator(seed: entry.seed)
            let result = form.keys(image, width: form.width, height: form.height, using: &generator)
            if checksum(result.pixels) != entry.crc { differing.append("\(entry.file) \(entry.case) \(entry.seed)") }
        }
        #expect(differing.isEmpty, "\(differing.count): \(differing.prefix(20).joined(separator: ", "))")
        let everything = Bitmap.colours(0..<1 << 24, width: 4096)
        let some = Bitmap.colours(stride(from: 0, to: 65280 * 257, by: 257), width: 272)
        for entry in manifest.changed {
            var image = entry.change == "hue" ? everything : some
            switch entry.change {
            case "hue": image.turnHue(by: entry.factor)
            case "brightness": image.scaleBrightness(by: entry.factor)
            case "contrast": image.scaleContrast(by: entry.factor)
            default: image.scaleSaturation(by: entry.factor)
            }
            #expect(checksum(image.pixels) == entry.crc, "\(entry.change) by \(entry.factor)")
        }
    }
}

extension Bitmap {
    /// Pixels of the colours 0xRRGGBB.
    fileprivate static func colours(_ numbers: some Sequence<Int>, width: Int) -> Bitmap {
        let pixels = numbers.flatMap { [UInt8($0 >> 16), UInt8($0 >> 8 & 255), UInt8($0 & 255)] }
        return Bitmap(rgb: pixels, width: width, height: pixels.count / 3 / width)
    }
}
