import CLIPFiles
import CLIPTestSupport
import Foundation
import Testing

private struct Interruption: Error {}

@Suite("Atomic files")
struct AtomicFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test("A file appears when it is committed, and nothing else is left")
    func commit() throws {
        let path = folder.path("a.txt")
        let file = try AtomicFile(path: path)
        try file.write(Array("hello ".utf8))
        try file.write(Array("world".utf8))
        #expect(!FileManager.default.fileExists(atPath: path))
        try file.commit()
        #expect(try text(path) == "hello world")
        #expect(try folder.names() == ["a.txt"])
    }

    @Test("A writer that fails or goes away leaves the old file")
    func abandon() throws {
        let path = try folder.write("old".utf8, as: "a.txt")
        #expect(throws: Interruption.self) {
            try AtomicFile.write(to: path) { file in
                try file.write([UInt8](repeating: 1, count: 1_000_000))
                throw Interruption()
            }
        }
        #expect(try text(path) == "old")
        #expect(try folder.names() == ["a.txt"])
    }

    @Test("Large and small pieces keep their order, and a header can be written over at the end")
    func pieces() throws {
        let path = folder.path("b.bin")
        var expected: [UInt8] = []
        try AtomicFile.write(to: path) { file in
            for size in [4, 1, 70_000, 3, 65_536, 65_535, 0, 200_000, 7] {
                let piece = (0..<size).map { UInt8(truncatingIfNeeded: $0 &+ size) }
                expected += piece
                try file.write(piece)
            }
            #expect(file.count == expected.count)
            try file.overwrite([9, 8, 7], at: 1)
            expected.replaceSubrange(1..<4, with: [9, 8, 7])
        }
        #expect(try contents(ofFile: path) == expected)
    }

    @Test("What a killed writer left is taken over; a second writer of the same file is refused")
    func staleTemporary() throws {
        try folder.write("half".utf8, as: ".a.txt.partial")
        let first = try AtomicFile(path: folder.path("a.txt"))
        let error = #expect(throws: FileError.self) { try AtomicFile(path: folder.path("a.txt")) }
        #expect(error?.description.contains("another process is writing it") == true)
        try first.write(Array("whole".utf8))
        try first.commit()
        #expect(try text(folder.path("a.txt")) == "whole")
        #expect(try folder.names() == ["a.txt"])
    }

    @Test("A file behind a symbolic link is replaced, the link stays; access rights are kept")
    func links() throws {
        let path = try folder.write("old".utf8, as: "a.txt")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "a.txt")
        try AtomicFile.write("new".utf8, to: folder.path("link"))
        #expect(try text(path) == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "a.txt")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
    }

    @Test("A folder, a missing folder and an empty name are refused in one line that names them")
    func badPlaces() throws {
        for path in [folder.url.path, folder.path("no/such/a.txt"), "", "\(folder.path("x"))/"] {
            let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: path) }
            #expect(error?.code == .unwritable && error?.path == path)
            #expect(error?.description.contains("\n") == false)
        }
        let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: folder.path("no\nsuch/a")) }
        #expect(error?.description.contains("\n") == false)
    }

    @Test("A device is written to and not replaced", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func devices() throws {
        let error = #expect(throws: FileError.self) { try AtomicFile.write([1, 2, 3], to: "/dev/full") }
        #expect(error?.description == "/dev/full: cannot be written: No space left on device")
        try AtomicFile.write([1, 2, 3], to: "/dev/null")
        #expect(
            try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType != .typeRegular)
    }

    @Test("A pipe is refused, for which a writer would wait without an end")
    func pipe() throws {
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        let error = #expect(throws: FileError.self) { try AtomicFile(path: folder.path("pipe")) }
        #expect(error?.code == .unwritable && error?.reason.contains("found a pipe") == true)
    }

    @Test("A full disk leaves the old file and says so", .enabled(if: TinyDisk.isPermitted, "\(TinyDisk.reason)"))
    func fullDisk() throws {
        let disk = try TinyDisk(kilobytes: 64)
        let path = try disk.folder.write("old".utf8, as: "a.bin")
        for size in [100_000, 62_000, 1_000_000] {
            let error = #expect(throws: FileError.self) {
                try AtomicFile.write([UInt8](repeating: 7, count: size), to: path)
            }
            #expect(error?.description == "\(path): cannot be written: No space left on device")
            #expect(try text(path) == "old")
            #expect(try disk.folder.names() == ["a.bin"])
        }
    }
}
