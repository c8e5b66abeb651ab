import CLIPFiles
import CLIPTestSupport
import Foundation
import Testing

@Suite("A locked folder")
struct FolderLockTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A folder is made with those above it, and has one owner until that goes")
    func owner() throws {
        let path = folder.path("runs/one/")
        var lock: FolderLock? = try FolderLock(path: path)
        let error = #expect(throws: FileError.self) { try FolderLock(path: path) }
        #expect(error?.code == .unwritable && error?.description.contains("another process") == true)
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try FolderLock(path: path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
    }

    @Test("Many may make the same folders at once")
    func manyMakers() {
        for round in 0..<50 {
            let path = folder.path("\(round)/a/b/c/d/e")
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                #expect(throws: Never.self) { try makeFolder(path) }
            }
        }
    }

    @Test("A place where no folder can be is refused in one line as not writable")
    func badPlaces() throws {
        let file = try folder.write("x".utf8, as: "file")
        for path in ["", file, "\(file)/below", "/proc/nothing", "/dev/null"] {
            let error = #expect(throws: FileError.self) { try FolderLock(path: path) }
            #expect(error?.description.contains("expected ") == true, "\(path)")
            #expect(error?.code == .unwritable && error?.description.contains("\n") == false, "\(path)")
        }
    }
}
