import CLIPEvaluation
import CLIPFiles
import CLIPTestSupport
import Foundation
import Testing

@Suite struct FeatureStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func digest(_ number: Int) -> [UInt8] {
        let digest = ContentDigest()
        digest.add("\(number)")
        return digest.finish()
    }

    private func fill(_ store: FeatureStore, _ numbers: Range<Int>) throws {
        try store.append(numbers.map { (digest: digest($0), row: [Float($0), -Float($0)][...]) })
    }

    @Test("rows are there again when the store is opened again")
    func roundTrip() throws {
        do { try fill(FeatureStore(folder: folder.path("store"), width: 2), 0..<5) }
        let store = try FeatureStore(folder: folder.path("store"), width: 2)
        #expect(store.count == 5)
        #expect(try store.row(digest(3)) == [3, -3])
        #expect(try store.row(digest(7)) == nil)
        try fill(store, 5..<7)
        #expect(try store.row(digest(6)) == [6, -6])
    }

    @Test("a record that was left half-written is cut off, and the next ones are whole")
    func torn() throws {
        let path = folder.path("store/features.bin")
        do { try fill(FeatureStore(folder: folder.path("store"), width: 2), 0..<3) }
        let size = try contents(ofFile: path).count
        #expect(truncate(path, off_t(size - 5)) == 0)
        let store = try FeatureStore(folder: folder.path("store"), width: 2)
        #expect(store.count == 2)
        #expect(try store.row(digest(2)) == nil)
        try fill(store, 2..<4)
        #expect(try store.row(digest(2)) == [2, -2] && store.row(digest(3)) == [3, -3])
    }

    @Test("a damaged record is none, and the others stay")
    func damaged() throws {
        let path = folder.path("store/features.bin")
        do { try fill(FeatureStore(folder: folder.path("store"), width: 2), 0..<3) }
        var bytes = try contents(ofFile: path)
        let record = (bytes.count - 64) / 3
        bytes[64 + record + 33] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        let store = try FeatureStore(folder: folder.path("store"), width: 2)
        #expect(try store.row(digest(1)) == nil)
        #expect(try store.row(digest(0)) == [0, 0] && store.row(digest(2)) == [2, -2])
    }

    @Test("rows of another width, and a file that is none, begin anew")
    func otherWidth() throws {
        do { try fill(FeatureStore(folder: folder.path("store"), width: 2), 0..<3) }
        #expect(try FeatureStore(folder: folder.path("store"), width: 3).count == 0)
        try folder.write(Array("no store".utf8), as: "store/features.bin")
        let store = try FeatureStore(folder: folder.path("store"), width: 2)
        #expect(store.count == 0)
        try fill(store, 0..<1)
        #expect(try store.row(digest(0)) == [0, 0])
    }

    @Test("a second one on the same folder reads and adds nothing")
    func shared() throws {
        let first = try FeatureStore(folder: folder.path("store"), width: 2)
        try fill(first, 0..<2)
        let second = try FeatureStore(folder: folder.path("store"), width: 2)
        #expect(first.isWritable && !second.isWritable)
        #expect(try second.row(digest(1)) == [1, -1])
        try fill(second, 2..<3)
        #expect(try second.row(digest(2)) == nil)
    }

    @Test("a folder that cannot be made is named")
    func unwritable() throws {
        try folder.write([UInt8](), as: "file")
        let error = #expect(throws: FileError.self) { try FeatureStore(folder: folder.path("file/store"), width: 2) }
        #expect(error?.path.hasPrefix(folder.path("file")) == true)
    }
}
