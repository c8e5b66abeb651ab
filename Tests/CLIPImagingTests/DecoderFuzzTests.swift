import CLIPImaging
import Foundation
import Testing

@Suite("Damaged files")
struct DecoderFuzzTests {
    /// Keeps a damaged header from asking for hundreds of megabytes in each of many tries.
    private let limits = DecodingLimits(maximumPixels: 1 << 20)

    @Test("a file with random damage is read or refused with one line", arguments: 0..<Fixture.readable.count)
    func damage(file: Int) {
        let (name, data) = Fixture.readable[file]
        var generator = SeededGenerator(seed: 7, stream: UInt64(file))
        var refused = 0
        for _ in 0..<3000 {
            let damaged = Self.damaged(data, using: &generator)
            do {
                let image = try Bitmap(decoding: damaged, name: name, limits: limits)
                #expect(image.pixels.count == image.width * image.height * image.mode.bytesPerPixel)
                #expect(image.rgb().pixels.count == 3 * image.width * image.height)
            } catch {
                refused += 1
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(refused > 0)
    }

    /// The file with one to six bytes changed, a part left out, or a part repeated.
    private static func damaged(_ data: Data, using generator: inout SeededGenerator) -> Data {
        var data = Array(data)
        let start = Int.random(in: 0..<data.count, using: &generator)
        let count = Int.random(in: 0...min(20, data.count - start), using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: data.removeSubrange(start..<start + count)
        case 1: data.insert(contentsOf: data[start..<start + count], at: start)
        default:
            for _ in 0...Int.random(in: 0..<6, using: &generator) {
                data[Int.random(in: 0..<data.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
        }
        return Data(data)
    }
}
