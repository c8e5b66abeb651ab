import CLIPFiles
import CLIPTestSupport
import Foundation
import Testing

@Suite("A file that grows")
struct AppendedFileTests {
    @Test("What is appended is there at once, behind what was there")
    func append() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("one\n".utf8, as: "log")
        let file = try AppendedFile(path: path)
        try file.write("two\n".utf8)
        #expect(try contents(ofFile: path) == Array("one\ntwo\n".utf8))
    }

    @Test("A full device, a folder and a missing file are named")
    func failures() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) { try AppendedFile(path: "/dev/full").write([1]) }
        #expect(error?.description == "/dev/full: cannot be written: No space left on device")
        for path in [folder.url.path, folder.path("missing")] {
            #expect(throws: FileError.self) { try AppendedFile(path: path) }
        }
    }
}
