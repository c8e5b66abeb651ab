import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("Checksums of a folder's files")
struct FileChecksumsTests {
    private let folder: TemporaryFolder
    private let names: Set<String> = ["digits", "empty"]

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("123456789".utf8, as: "digits")
        try folder.write("".utf8, as: "empty")
    }

    private var sums: FileChecksums { get throws { try FileChecksums(of: names, in: folder.url.path) } }

    @Test("are those of zip and PNG, and are read as they were written")
    func values() throws {
        let text = String(decoding: try sums.encoded(), as: UTF8.self)
        #expect(text.contains("\(0xCBF4_3926)"))
        let path = try folder.write(text.utf8, as: "sums.json")
        try FileChecksums(file: path).check(names, in: folder.url.path)
        #expect(try FileChecksums(file: path) == sums)
    }

    @Test(
        "name the file that is another, and how",
        arguments: [("123456780", "expected the CRC-32 cbf43926, found "), ("12345678", "expected 9 bytes, found 8")])
    func differences(text: String, reason: String) throws {
        let sums = try sums
        let path = try folder.write(text.utf8, as: "digits")
        let error = #expect(throws: FileError.self) { try sums.check(names, in: folder.url.path) }
        #expect(error?.path == path && error?.reason.hasPrefix(reason) == true)
    }

    @Test("name a file that is missing, there or among them")
    func missing() throws {
        let sums = try sums
        let other = try folder.write("".utf8, as: "other")
        #expect(throws: FileError(.badData, path: other, "expected a checksum of the file, found none")) {
            try sums.check(names.union(["other"]), in: folder.url.path)
        }
        try FileManager.default.removeItem(atPath: folder.path("empty"))
        let error = #expect(throws: FileError.self) { try sums.check(names, in: folder.url.path) }
        #expect(error?.code == .notFound && error?.path == folder.path("empty"))
    }

    @Test("that were damaged are refused in one line, or still fit the files")
    func fuzz() throws {
        let whole = try sums.encoded()
        var mutation = Mutation(seed: 31)
        for _ in 0..<FuzzIterations.count(default: 500) {
            let path = try folder.write(mutation.mutated(whole, words: ["-1", "1e99", "null", "{"]), as: "sums.json")
            do {
                try FileChecksums(file: path).check(names, in: folder.url.path)
            } catch let error as FileError {
                #expect(!error.description.contains("\n"))
            }
        }
    }
}
