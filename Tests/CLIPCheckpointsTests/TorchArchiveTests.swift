import CLIPCheckpoints
import CLIPTestSupport
import Testing

@Suite("Damaged archives of PyTorch's")
struct TorchArchiveTests {
    private let pickle = Pickle.program(Pickle.dictionary(("w", Pickle.tensor())))

    private func refusal(_ change: (inout ZipFixture) -> Void) -> String {
        var archive = ZipFixture(pickle: pickle)
        change(&archive)
        let line = TorchFixture.refusal(archive.bytes)
        #expect(!line.contains("\n"))
        return line
    }

    @Test("Records that are compressed, encrypted, misplaced, doubled or out of the folder are refused")
    func records() {
        #expect(refusal { _ in } == "")
        #expect(refusal { $0.records[0].method = 8 }.contains("data.pkl stored as it is"))
        #expect(refusal { $0.records[2].method = 8 }.contains("data/0 stored as it is"))
        #expect(refusal { $0.records[2].count = 25 }.contains("data/0 stored as it is"))
        #expect(refusal { $0.records[2].flags = 1 }.contains("encrypted"))
        #expect(refusal { $0.records[2].packedCount = .max }.contains("the record a/data/0 before byte"))
        #expect(refusal { $0.records[2].start = 0xFFFF_FFF0 }.contains("the record a/data/0 before byte"))
        #expect(refusal { $0.records[2].start = 0 }.contains("in one place"))
        #expect(refusal { $0.records[1].packedCount = 10 }.contains("in one place"))
        #expect(refusal { $0.records[2].start = 160 + UInt32($0.records[0].data.count) }.contains("expected"))
        #expect(refusal { $0.records[3].name = "a/data/0" }.contains("a/data/0 twice"))
        #expect(refusal { $0.records[3].name = "../version" }.contains("within the folder a/"))
        #expect(refusal { $0.records[3].name = "a/../../version" }.contains("within the folder a/"))
        #expect(refusal { $0.records[3].name = "/etc/passwd" }.contains("within the folder a/"))
        #expect(refusal { $0.records[3].name = "b/version" }.contains("within the folder a/"))
        #expect(refusal { $0.records[0].name = "data.pkl" }.contains("lie in a folder"))
        #expect(refusal { $0.records[0].name = "a/other.pkl" }.contains("the record data.pkl"))
        #expect(refusal { $0.records.removeAll() }.contains("an empty one"))
        #expect(refusal { $0.records[1].data = Array("big".utf8) }.contains("little-endian"))
    }

    @Test("A zip64 field that is missing, cut or beyond an integer is refused")
    func largeSizes() {
        func large(_ field: [UInt8]) -> String {
            refusal { archive in
                archive.records[2].packedCount = .max
                archive.records[2].extra = Pickle.little(1 as UInt16) + Pickle.little(UInt16(field.count)) + field
            }
        }
        #expect(large(Pickle.little(24 as UInt64)) == "")
        #expect(large(Pickle.little(UInt64.max)).contains("within 63 bits"))
        #expect(large(Pickle.little(UInt64(Int.max))).contains("before byte"))
        #expect(large([1, 2]).contains("8 bytes"))
    }

    @Test("Another byte order, tar archives, plain pickles and other formats are refused with a line each")
    func formats() {
        let object = Pickle.program(Pickle.dictionary(("w", Pickle.tensor())))
        #expect(TorchFixture.refusal(TorchFixture.legacy(object, isLittle: false)).contains("little-endian"))
        #expect(TorchFixture.refusal(TorchFixture.legacy(object, keys: ["1"])).contains("keys of the storages"))
        #expect(TorchFixture.refusal(TorchFixture.legacy(object, keys: ["0", "0"])).contains("each once"))
        #expect(TorchFixture.refusal(TorchFixture.legacy(object, keys: [])).contains("the storage 0"))
        #expect(TorchFixture.refusal(TorchFixture.legacy(object, count: 5)).contains("a storage of 6 elements"))
        for count in [7, -1, .max, .min, 1 << 62] {
            #expect(TorchFixture.refusal(TorchFixture.legacy(object, count: count)).contains("bytes at byte"))
        }
        #expect(TorchFixture.refusal(object).contains("that torch.save did not write"))
        #expect(TorchFixture.refusal(Pickle.program(Pickle.op("}"))).contains("that torch.save did not write"))
        #expect(TorchFixture.refusal([UInt8](repeating: 0, count: 257) + Array("ustar\0".utf8)).contains("tar archive"))
        #expect(TorchFixture.refusal([]).contains("an empty file"))
        #expect(TorchFixture.refusal([0x80]).contains("other bytes"))
        #expect(TorchFixture.refusal(Array("PK".utf8)).contains("cut off"))
        #expect(TorchFixture.refusal(Array("version https://git-lfs".utf8)).contains("another format"))
    }

    @Test("A file cut off at any byte is refused")
    func truncation() {
        for whole in [TorchFixture.zip, TorchFixture.checkpoint, TorchFixture.script, TorchFixture.legacy] {
            #expect(TorchFixture.refusal(whole) == "")
            for count in 0..<whole.count {
                let line = TorchFixture.refusal(Array(whole.prefix(count)))
                #expect(!line.isEmpty && !line.contains("\n"), "\(count) of \(whole.count) bytes")
            }
        }
    }
}
