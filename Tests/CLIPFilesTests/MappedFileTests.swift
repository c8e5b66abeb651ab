import CLIPFiles
import CLIPTestSupport
import Foundation
import Testing

@Suite("Mapped files")
struct MappedFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Pages may be written without changing the file")
    func privatePages() throws {
        let path = try folder.write([1, 2, 3], as: "a.bin")
        let file = try MappedFile(path: path)
        file.bytes[1] = 9
        #expect(Array(file.bytes) == [1, 9, 3])
        #expect(try contents(ofFile: path) == [1, 2, 3])
    }

    @Test("An empty file has no bytes")
    func empty() throws {
        #expect(try MappedFile(path: folder.write([], as: "e")).count == 0)
    }

    @Test("A missing file, a folder, a device, a pipe and a file beyond the limit are refused in one line")
    func refused() throws {
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        let missing = #expect(throws: FileError.self) { try MappedFile(path: folder.path("no")) }
        #expect(missing?.code == .notFound)
        for path in [folder.url.path, "/dev/null", folder.path("pipe")] {
            let error = #expect(throws: FileError.self) { try MappedFile(path: path) }
            #expect(error?.code == .badData && error?.description.hasPrefix(path) == true)
        }
        let path = try folder.write([1, 2, 3], as: "a.bin")
        #expect(throws: FileError.self) { try contents(ofFile: path, limit: 2) }
    }
}
