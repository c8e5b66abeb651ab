import CLIPImaging
import Foundation

/// Builds tar files, whole and broken, and packs them as gzip and zstd do, without compressing anything.
struct TarFixture {
    private(set) var bytes: [UInt8] = []

    /// Adds a regular file, and tells where its header lies.
    @discardableResult
    mutating func add(_ name: String, _ content: some Sequence<UInt8>, kind: Character = "0") -> Int {
        let start = bytes.count
        let content = Array(content)
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        put(name, 0)
        put("0000644", 100)
        put(
            String(repeating: "0", count: 11 - String(content.count, radix: 8).count) + String(content.count, radix: 8),
            124)
        put("        ", 148)
        put(String(kind), 156)
        put("ustar\0" + "00", 257)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", 148)
        bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        return start
    }

    /// Adds an image and its caption; the image is of the number's own.
    mutating func addSample(_ number: Int, key: String? = nil, caption: String? = nil) throws {
        let key = key ?? String(format: "%09d", number)
        add("\(key).png", try Bitmap.gradient(number, width: 9, height: 8).pngData())
        add("\(key).txt", Array((caption ?? "picture \(number)").utf8))
    }

    /// A shard of samples with the numbers.
    static func shard(_ numbers: Range<Int>) throws -> [UInt8] {
        var tar = TarFixture()
        for number in numbers { try tar.addSample(number) }
        return tar.finished
    }

    /// The archive with its end.
    var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    /// The bytes in a gzip file of stored blocks.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var packed: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        for start in stride(from: 0, to: bytes.count, by: 65535) {
            let block = bytes[start..<min(start + 65535, bytes.count)]
            packed +=
                [start + 65535 >= bytes.count ? 1 : 0] + little(block.count, 2) + little(~block.count & 0xFFFF, 2)
                + block
        }
        return packed + little(Int(crc32(bytes)), 4) + little(bytes.count, 4)
    }

    /// The bytes in a zstd file of stored blocks.
    static func zstandard(_ bytes: [UInt8]) -> [UInt8] {
        // A content size of eight bytes and a window of 128 KiB.
        var packed: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xC0, 0x38] + little(bytes.count, 8)
        for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
            let block = bytes[start..<min(start + 1 << 16, bytes.count)]
            let isLast = start + 1 << 16 >= bytes.count
            packed += little(block.count << 3 | (isLast ? 1 : 0), 3) + block
        }
        return packed
    }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}

extension Folder {
    /// Shards `00000.tar`, … of so many samples each, and the pattern of all.
    func shards(_ counts: [Int]) throws -> String {
        var start = 0
        for (shard, count) in counts.enumerated() {
            try write(Data(try TarFixture.shard(start..<(start + count))), to: String(format: "%05d.tar", shard))
            start += count
        }
        return "\(url.path)/{00000..\(String(format: "%05d", counts.count - 1))}.tar"
    }

    func path(_ name: String) -> String { url.appending(path: name).path }
}
