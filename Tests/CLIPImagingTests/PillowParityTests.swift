import CLIPImaging
import Foundation
import Testing

/// Compares live with Pillow, open_clip and transformers, by way of `Tests/Parity/pixels.py`.
@Suite(
    "Pixels are Pillow's to the bit",
    .enabled(if: PillowReference.isPresent, "needs the Python of .deps/reference with Pillow and open_clip"),
    .serialized)
struct PillowParityTests {
    @Test("every mode, size and processing gives the reference's pixels, and truncated files are refused alike")
    func pixels() throws {
        let reference = try PillowReference.make()
        defer { reference.remove() }
        var comparison = PixelComparison()
        for entry in reference.manifest.entries { comparison.compare(entry, in: reference.folder) }
        print(comparison.report)
        let count = comparison.differences.count
        #expect(count == 0, "\(comparison.differences.prefix(20).joined(separator: "\n"))")
    }
}

/// What was compared, and where it differed.
struct PixelComparison {
    private(set) var differences: [String] = []
    private var counts: [String: (files: Int, images: Int, differing: Int, greatest: Int)] = [:]
    private var refused = 0

    mutating func compare(_ entry: PillowReference.Entry, in folder: URL) {
        let url = entry.file.hasPrefix("/") ? URL(filePath: entry.file) : folder.appending(path: entry.file)
        do {
            let image = try Bitmap(file: url.path, name: entry.file)
            if let error = entry.error { return differences.append("\(entry.file): Pillow refuses it: \(error)") }
            compare(image, entry, in: folder)
        } catch {
            if entry.error == nil { differences.append("Pillow reads it. \(error)") } else { refused += 1 }
        }
    }

    private mutating func compare(_ image: Bitmap, _ entry: PillowReference.Entry, in folder: URL) {
        let mode = entry.mode ?? "?"
        counts[mode, default: (0, 0, 0, 0)].files += 1
        for (name, expected) in entry.results.sorted(by: { $0.key < $1.key }) {
            guard let process = ReferenceProcessing.named[name] else {
                differences.append("unknown processing \(name)")
                continue
            }
            let found = process(image)
            counts[mode, default: (0, 0, 0, 0)].images += 1
            let isSame =
                (found.width, found.height) == (expected.width, expected.height)
                && checksum(found.pixels) == expected.crc
            if !isSame { report(found, expected, "\(entry.file) (\(mode)) \(name)", mode, folder) }
        }
        if let expected = entry.normalized {
            let floats = ImagePreprocessing.openAI(size: 96)(image)
            let isSame = floats.withUnsafeBytes { checksum($0) } == expected
            if !isSame { differences.append("\(entry.file) (\(mode)): normalised floats differ") }
        }
    }

    private mutating func report(
        _ found: Bitmap, _ expected: PillowReference.Entry.Pixels, _ title: String, _ mode: String, _ folder: URL
    ) {
        var text = "\(title): \(found.width)×\(found.height), expected \(expected.width)×\(expected.height)"
        var greatest = 255
        if let dump = expected.dump, let pixels = try? Data(contentsOf: folder.appending(path: dump)),
            pixels.count == found.pixels.count
        {
            let distances = zip(pixels, found.pixels).map { abs(Int($0) - Int($1)) }
            greatest = distances.max() ?? 0
            text += ", \(distances.count { $0 > 0 }) of \(distances.count) samples differ, by at most \(greatest)"
        }
        differences.append(text)
        counts[mode, default: (0, 0, 0, 0)].differing += 1
        counts[mode, default: (0, 0, 0, 0)].greatest = max(counts[mode]?.greatest ?? 0, greatest)
    }

    /// A line for each mode.
    var report: String {
        let lines = counts.sorted { $0.key < $1.key }.map { mode, count in
            "\(mode): \(count.files) files, \(count.images) images compared, \(count.differing) differ, greatest difference "
                + "\(count.greatest)"
        }
        return (lines + ["refused by both: \(refused)"]).joined(separator: "\n")
    }
}
