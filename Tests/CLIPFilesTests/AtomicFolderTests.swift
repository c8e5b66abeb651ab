import CLIPFiles
import CLIPTestSupport
import Foundation
import Testing

private struct Interruption: Error {}

@Suite("Atomic folders")
struct AtomicFolderTests {
    private let folder: TemporaryFolder
    private let known: Set<String> = ["a.txt", "b.txt"]

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, to place: String) throws {
        try AtomicFolder.write(to: place, replaceable: known) { try $0.write(text.utf8, as: "a.txt") }
    }

    @Test("A folder appears whole, and replaces an older one with all of its files")
    func replace() throws {
        try write("one", to: folder.path("m"))
        try folder.write("kept?".utf8, as: "m/b.txt")
        try write("two", to: folder.path("m/"))
        #expect(try contents(ofFile: folder.path("m/a.txt")) == Array("two".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("m")) == ["a.txt"])
        #expect(try folder.names() == ["m"])
    }

    @Test("A failure leaves the old folder and nothing beside it")
    func abandon() throws {
        try write("one", to: folder.path("m"))
        #expect(throws: Interruption.self) {
            try AtomicFolder.write(to: folder.path("m"), replaceable: known) { new in
                try new.write("two".utf8, as: "a.txt")
                throw Interruption()
            }
        }
        #expect(try contents(ofFile: folder.path("m/a.txt")) == Array("one".utf8))
        #expect(try folder.names() == ["m"])
    }

    @Test("A folder that holds anything unknown is not replaced")
    func foreignFiles() throws {
        try write("one", to: folder.path("m"))
        try folder.write("photo".utf8, as: "m/photo.jpg")
        let error = #expect(throws: FileError.self) { try write("two", to: folder.path("m")) }
        #expect(error?.description.contains("photo.jpg") == true)
        #expect(try contents(ofFile: folder.path("m/photo.jpg")) == Array("photo".utf8))
        try folder.write("file".utf8, as: "f")
        #expect(throws: FileError.self) { try write("two", to: folder.path("f")) }
        #expect(throws: FileError.self) { try write("two", to: folder.path("..")) }
        #expect(throws: FileError.self) { try write("two", to: "/") }
    }

    @Test("What a killed writer left is emptied; a second writer is refused")
    func staleTemporary() throws {
        try FileManager.default.createDirectory(atPath: folder.path(".m.partial"), withIntermediateDirectories: true)
        try folder.write("half".utf8, as: ".m.partial/b.txt")
        let first = try AtomicFolder(path: folder.path("m"), replaceable: known)
        #expect(throws: FileError.self) { try AtomicFolder(path: folder.path("m"), replaceable: known) }
        try first.write("whole".utf8, as: "a.txt")
        try first.commit()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("m")) == ["a.txt"])
    }

    @Test("A place is checked beforehand, and what a killed writer left beside it goes")
    func check() throws {
        try FileManager.default.createDirectory(atPath: folder.path(".m.partial"), withIntermediateDirectories: true)
        try folder.write("half".utf8, as: ".m.partial/b.txt")
        try AtomicFolder.check(folder.path("m"), replaceable: known)
        #expect(try folder.names().isEmpty)
        try write("one", to: folder.path("m"))
        #expect(throws: FileError.self) { try AtomicFolder.check(folder.path("m"), replaceable: ["b.txt"]) }
        #expect(try folder.names() == ["m"])
    }

    @Test("A folder is removed whole, unless it holds anything unknown")
    func remove() throws {
        try AtomicFolder.remove(folder.path("m"), replaceable: known)
        try write("one", to: folder.path("m"))
        try folder.write("photo".utf8, as: "m/photo.jpg")
        #expect(throws: FileError.self) { try AtomicFolder.remove(folder.path("m"), replaceable: known) }
        #expect(try contents(ofFile: folder.path("m/a.txt")) == Array("one".utf8))
        try AtomicFolder.remove(folder.path("m"), replaceable: known.union(["photo.jpg"]))
        #expect(try folder.names().isEmpty)
    }

    @Test(
        "A full disk leaves the old folder, and the line names the file",
        .enabled(if: TinyDisk.isPermitted, "\(TinyDisk.reason)"))
    func fullDisk() throws {
        let disk = try TinyDisk(kilobytes: 64)
        let place = disk.folder.path("m")
        try write("one", to: place)
        let error = #expect(throws: FileError.self) { try write(String(repeating: "x", count: 100_000), to: place) }
        #expect(error?.description == "\(place)/a.txt: cannot be written: No space left on device")
        #expect(try contents(ofFile: "\(place)/a.txt") == Array("one".utf8))
        #expect(try disk.folder.names() == ["m"])
    }
}
