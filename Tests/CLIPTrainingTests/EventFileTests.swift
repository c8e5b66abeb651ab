import CLIPFiles
import CLIPTensor
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("TensorBoard's event files")
struct EventFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("the checksum is Castagnoli's", arguments: [("123456789", 0xE306_9283), ("", 0)] as [(String, UInt32)])
    func checksum(text: String, expected: UInt32) {
        #expect(CRC32C.checksum(Array(text.utf8)) == expected)
        // RFC 3720, appendix B.4.
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    }

    @Test("records follow one another, each with its length, and begin with the version")
    func framing() throws {
        let file = try EventFile(in: folder.path("events"), after: 0, replacing: true)
        try file.append(.values([("loss", .scalar(0.5))]), step: 1)
        let names = EventFile.files(in: folder.path("events"))
        #expect(names.count == 1 && names[0].hasPrefix("events.out.tfevents."))
        var bytes = try contents(ofFile: folder.path("events/\(names[0])"))[...]
        var records: [[UInt8]] = []
        while !bytes.isEmpty {
            let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            records.append(Array(bytes.dropFirst(12).prefix(length)))
            bytes = bytes.dropFirst(16 + length)
        }
        #expect(records.count == 3 && Array(records[0].suffix(13)) == Array("brain.Event:2".utf8))
        #expect(Array(records[2].suffix(11)) == [10, 4] + Array("loss".utf8) + [21, 0, 0, 0, 63])
    }

    @Test("a run that goes on begins a file that comes after the others; a new run leaves only its own")
    func names() throws {
        let place = folder.path("events")
        for _ in 0..<3 { _ = try EventFile(in: place, after: 5, replacing: false) }
        #expect(Set(EventFile.files(in: place)).count == 3)
        try folder.write("mine".utf8, as: "events/notes.txt")
        _ = try EventFile(in: place, after: 0, replacing: true)
        #expect(EventFile.files(in: place).count == 1)
        #expect(FileManager.default.fileExists(atPath: folder.path("events/notes.txt")))
    }

    @Test(
        "TensorBoard reads every value back: a killed run's half record is passed over, and what is taken again replaced",
        .enabled(if: PythonReference.has("tensorboard"), "\(PythonReference.reason)"))
    func parity() throws {
        let place = folder.path("events")
        let histogram = try #require(try Tensor([-1, 0, 0.25, 3] as [Float], shape: [2, 2]).histogram(bins: 4))
        let png = try Data(
            contentsOf: SharedData.package.appending(path: "Tests/CLIPTrainingTests/EventFileTests.swift"))
        do {
            let file = try EventFile(in: place, after: 0, replacing: true)
            for step in 1...8 { try file.append(.values([("loss", .scalar(Double(step) / 8))]), step: step) }
            try file.append(.values([("weights/ä.b", .histogram(histogram))]), step: 4)
        }
        let first = "\(place)/\(EventFile.files(in: place)[0])"
        try Data(try contents(ofFile: first).dropLast(9)).write(to: URL(filePath: first))
        let file = try EventFile(in: place, after: 6, replacing: false)
        try file.append(.values([("loss", .scalar(9)), ("weights/ä.b", .histogram(histogram))]), step: 7)
        try file.append(.values([("batch", .image(png: [UInt8](png), width: 3, height: 2))]), step: 7)

        let text = try PythonReference.run("events.py", [place])
        let read = try Array(text.utf8).withUnsafeBytes { try JSON(parsing: $0) }
        let losses = (1...6).map { [JSON.integer($0), .number(Double($0) / 8)] } + [[.integer(7), .number(9)]]
        #expect(read["scalars"]?["loss"]?.array?.map(\.array) == losses)
        let found = try #require(read["histograms"]?["weights/ä.b"]?.array?.last?.array)
        #expect(found.prefix(5).map(\.double) == [7, -1, 3, 4, 2.25])
        // The sum of squares comes from a norm in 32 bits.
        #expect(abs(try #require(found[5].double) - 10.0625) < 1e-5)
        #expect(found[6].array?.map(\.double) == [0, 1, 2, 3] && found[7].array?.map(\.double) == [1, 2, 0, 1])
        #expect(read["images"]?["batch"]?.array?.first?.array?.prefix(3).map(\.integer) == [7, 3, 2])
    }
}
