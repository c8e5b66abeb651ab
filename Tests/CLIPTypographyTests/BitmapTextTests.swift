import CLIPFiles
import CLIPImaging
import CLIPTestSupport
import CLIPTypography
import Foundation
import Testing

@Suite("Words on images", .enabled(if: TestFont.isPresent, TestFont.reason))
struct BitmapTextTests {
    private let typeface: Typeface
    private let image = Bitmap.plain(width: 300, height: 200, sample: 77)

    init() throws { typeface = try Typeface() }

    private func drawing(_ text: String, on image: Bitmap? = nil, box: TextBox = TextBox()) throws -> Bitmap {
        try (image ?? self.image).drawing(text, in: typeface, box: box, seed: 1, index: 2)
    }

    @Test("the word stands in a box of the height that was asked for, and nothing else changes")
    func box() throws {
        let box = try #require(try drawing("dog", box: TextBox(height: 0.25)).changes(from: image))
        #expect(box.height == 50)
        #expect(box.width > 60 && box.width < 150)
        // The rim is of one colour, the middle is not.
        #expect(box.pixels.prefix(3 * box.width).allSatisfy { $0 == 255 })
        #expect(box.pixels.suffix(3 * box.width).allSatisfy { $0 == 255 })
        #expect(box.pixels.contains(0))
    }

    @Test("white on black is black on white the other way round")
    func colors() throws {
        let black = try drawing("dog").changes(from: image)
        let white = try drawing("dog", box: TextBox(colors: .whiteOnBlack)).changes(from: image)
        #expect(try #require(white).pixels == #require(black).pixels.map { 255 - $0 })
    }

    @Test("letters cover the parts of the box that they should")
    func letters() throws {
        let box = try #require(try drawing("l", box: TextBox(height: 1)).changes(from: image))
        let rows = (0..<box.height).map { row in (0..<box.width).count { box.pixels[3 * (row * box.width + $0)] < 128 }
        }
        // DejaVu's l: a stroke of 184 units of 2048, 1556 high, in a line of 1901 + 483.
        let unit = 200.0 / 2384
        #expect(abs(Double(rows.count { $0 > 0 }) - 1556 * unit) <= 1)
        #expect(abs(Double(rows.max() ?? 0) - 184 * unit) <= 1)
        #expect(abs(Double(rows.firstIndex { $0 > 0 } ?? 0) - (1901 - 1556) * unit) <= 1)
    }

    @Test("the place follows from seed and index alone, and the box lies within the image")
    func places() throws {
        var places: Set<[Int]> = []
        for index in 0..<40 {
            let drawn = try image.drawing("cat", in: typeface, seed: 9, index: index)
            #expect(try image.drawing("cat", in: typeface, seed: 9, index: index) == drawn)
            let (x, y) = try #require(drawn.place(from: image))
            places.insert([x, y])
        }
        #expect(places.count > 30)
        #expect(places.contains { $0[0] < 60 } && places.contains { $0[0] > 120 })
        #expect(places.contains { $0[1] < 40 } && places.contains { $0[1] > 110 })
    }

    @Test("threads that share a typeface draw the same")
    func threads() async throws {
        let expected = try drawing("Wolf")
        try await withThrowingTaskGroup(of: Bitmap.self) { group in
            for _ in 0..<8 { group.addTask { try self.drawing("Wolf") } }
            for try await found in group { #expect(found == expected) }
        }
    }

    @Test("a word too long for the image is made smaller until it fits")
    func longWord() throws {
        let box = try #require(
            try drawing(String(repeating: "hippopotamus", count: 4)).changes(from: image))
        #expect(box.width == 300)
        #expect(box.height > 5 && box.height < 20)
    }

    @Test(
        "images of a few pixels and of other modes are drawn on", arguments: [(1, 1), (1, 30), (30, 1), (2, 2), (9, 4)])
    func smallImages(width: Int, height: Int) throws {
        for image in [
            Bitmap.plain(width: width, height: height, sample: 7),
            Bitmap(grey: [UInt8](repeating: 7, count: width * height), width: width, height: height),
        ] {
            for height in [0.01, 0.2, 1] {
                let drawn = try drawing("iPod", on: image, box: TextBox(height: height))
                #expect(drawn.width == image.width && drawn.height == image.height && drawn.mode == .rgb)
                #expect(drawn != image.rgb())
            }
        }
    }

    @Test("an accent is the same whether written as one character or as two")
    func accents() throws {
        #expect(try drawing("caf\u{E9}") == drawing("cafe\u{301}"))
        #expect(try drawing("café") != drawing("cafe"))
    }

    @Test("pairs are kerned")
    func kerning() throws {
        func width(_ text: String) throws -> Int { try #require(try drawing(text).changes(from: image)).width }
        #expect(try width("AVAVAV") < width("AAAVVV"))
    }

    @Test("a character that the font lacks and an empty text are refused with one line")
    func unknownCharacter() {
        let path = Typeface.debianFont.path
        for (text, reason) in [
            ("a猫", "expected a letter for U+732B (猫), found none in the font"),
            ("a\nb", "expected a letter for U+000A, found none in the font"),
            ("", "expected a text to draw, found an empty one"),
        ] {
            let error = #expect(throws: FileError.self) { try drawing(text) }
            #expect(error?.description == "\(path): \(reason)")
            #expect(error?.code == .badData)
        }
    }

    @Test(
        "lines are as wide as HarfBuzz sets them", .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
    func widths() throws {
        let texts = ["AVATAR", "To", "naïve", "кошка", "Wörter, Wort für Wort", "LT AY", "iPod", "ξένος"]
        let output = try PythonReference.run("letters.py", [typeface.path, String(typeface.unitsPerSize)] + texts)
        guard let widths = try JSONDecoder().decode([Double]?.self, from: Data(output.utf8)) else { return }
        for (text, width) in zip(texts, widths) { #expect(try typeface.width(of: text) == Int(width), "\(text)") }
    }
}

extension Bitmap {
    static func plain(width: Int, height: Int, sample: UInt8) -> Bitmap {
        Bitmap(rgb: [UInt8](repeating: sample, count: 3 * width * height), width: width, height: height)
    }

    /// The least rectangle that holds every pixel that is not as in another image.
    private func rectangle(from other: Bitmap) -> (x: ClosedRange<Int>, y: ClosedRange<Int>)? {
        let changed = (0..<width * height).filter { pixel in
            (3 * pixel..<3 * pixel + 3).contains { pixels[$0] != other.pixels[$0] }
        }
        let (columns, rows) = (changed.map { $0 % width }, changed.map { $0 / width })
        guard let left = columns.min(), let right = columns.max(), let top = rows.min(), let bottom = rows.max() else {
            return nil
        }
        return (left...right, top...bottom)
    }

    func changes(from other: Bitmap) -> Bitmap? {
        rectangle(from: other).map {
            cropped(x: $0.x.lowerBound, y: $0.y.lowerBound, width: $0.x.count, height: $0.y.count)
        }
    }

    func place(from other: Bitmap) -> (x: Int, y: Int)? {
        rectangle(from: other).map { ($0.x.lowerBound, $0.y.lowerBound) }
    }
}
