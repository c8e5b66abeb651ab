import CLIPCheckpoints
import CLIPFiles
import CLIPTensor
import CLIPTestSupport
import Testing

@Suite("Files of PyTorch's")
struct TorchFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ bytes: [UInt8]) throws -> TorchFile { try TorchFile(opening: folder.write(bytes, as: "a.pt")) }

    @Test("A state dict gives its tensors over the mapped file")
    func stateDict() throws {
        let file = try open(TorchFixture.zip)
        #expect(file.kind == .zip && file.names == ["w"] && file.metadata == [:] && file.scalars == [:])
        let entry = try #require(file.entry("w"))
        #expect(entry.dtype == .float32 && entry.shape == [2, 3] && entry.byteCount == 24)
        #expect(try file.tensor("w")?.elements(as: Float.self) == [0, 1, 2, 3, 4, 5])
        #expect(try file.tensor("v") == nil && file.entry("v") == nil)
    }

    @Test("A training checkpoint gives its state dict without the wrapper's prefix, views as saved, and plain values")
    func checkpoint() throws {
        let file = try open(TorchFixture.checkpoint)
        #expect(file.names == ["w", "v", "s"] && file.metadata == ["epoch": "3", "name": "run"])
        #expect(try file.tensor("w")?.elements(as: Float.self) == [0, 3, 1, 4, 2, 5])
        #expect(try file.tensor("v")?.elements(as: Float.self) == [4, 5])
        #expect(try file.tensor("s")?.scalar() == 5)
        #expect(try file.tensor("s")?.shape == [])
    }

    @Test("A TorchScript archive gives the parameters and buffers that its source declares, and integer attributes")
    func script() throws {
        let file = try open(TorchFixture.script)
        #expect(file.kind == .torchScript && file.names == ["scale", "fc.weight"])
        #expect(file.scalars == ["size": 224] && file.integer("size") == 224)
        #expect(try file.tensor("fc.weight")?.elements(as: Float.self) == [0, 1, 2, 3, 4, 5])
    }

    @Test("A file from before PyTorch 1.6 gives its tensors, and views of views that very old ones have")
    func legacy() throws {
        let file = try open(TorchFixture.legacy)
        #expect(file.kind == .legacy && file.names == ["w", "s"])
        #expect(try file.tensor("w")?.elements(as: Float.self) == [0, 1, 2, 3, 4, 5])
        #expect(try file.tensor("s")?.elements(as: Float.self) == [1, 3, 2, 4])
        let view = Pickle.storage(view: Pickle.tuple(Pickle.text("1"), Pickle.integer(2), Pickle.integer(3)))
        let old = Pickle.dictionary(("w", Pickle.tensor(view, offset: 1, shape: [2], strides: [1])))
        let oldFile = try open(TorchFixture.legacy(Pickle.program(old)))
        #expect(try oldFile.tensor("w")?.elements(as: Float.self) == [3, 4])
    }

    @Test("An untyped storage takes the type that the tensor names, otherwise bytes")
    func untyped() throws {
        let storage = Pickle.tuple(
            Pickle.text("storage"), Pickle.global("torch.storage", "UntypedStorage"), Pickle.text("0"),
            Pickle.text("cpu"), Pickle.integer(24))
        let typed = Pickle.call(
            Pickle.global("torch._utils", "_rebuild_tensor_v3"), storage + Pickle.op("Q"), Pickle.integer(1),
            Pickle.integers([2]), Pickle.integers([2]), [0x89], Pickle.op("}"), Pickle.global("torch", "float32"))
        let bytes = Pickle.tensor(storage + Pickle.op("Q"), offset: 4, shape: [4], strides: [1])
        let file = try open(ZipFixture(pickle: Pickle.program(Pickle.dictionary(("t", typed), ("b", bytes)))).bytes)
        #expect(try file.tensor("t")?.elements(as: Float.self) == [1, 3])
        #expect(file.entry("b")?.dtype == .uint8)
        #expect(try file.tensor("b")?.elements(as: UInt8.self) == Pickle.little(Float(1).bitPattern))
    }

    @Test("Integers are found as numbers and as tensors with one element")
    func integers() throws {
        let tensor = Pickle.tensor(Pickle.storage(count: 3, type: "LongStorage"), offset: 1, shape: [], strides: [])
        let pickle = Pickle.program(Pickle.dictionary(("a", Pickle.integer(-5)), ("b", tensor)))
        let storage = [1, 224, 3].flatMap { Pickle.little(Int64($0)) }
        let file = try open(ZipFixture(pickle: pickle, storage: storage).bytes)
        #expect(file.integer("a") == -5 && file.integer("b") == 224 && file.integer("c") == nil)
        #expect(file.names == ["b"])
    }

    @Test("A tensor changes in place without changing the file, and two views of a storage change together")
    func sharing() throws {
        let pickle = Pickle.program(
            Pickle.dictionary(
                ("a", Pickle.tensor()), ("b", Pickle.tensor(offset: 2, shape: [2], strides: [2]))))
        // The records' headers are chosen so that the floats lie on a multiple of four.
        var archive = ZipFixture(pickle: pickle)
        for count in 0..<4 {
            archive.records[1].name = "a/" + String(repeating: "b", count: count + 1)
            let file = try open(archive.bytes)
            guard let start = file.entry("a")?.range.lowerBound, start.isMultiple(of: 4) else { continue }
            let (whole, part) = (try #require(try file.tensor("a")), try #require(try file.tensor("b")))
            _ = try Operator("aten::mul_", overload: "Scalar")(.tensor(whole), 10)
            #expect(try part.elements(as: Float.self) == [20, 40])
            #expect(try TorchFile(opening: file.path).tensor("b")?.elements(as: Float.self) == [2, 4])
            return
        }
        Issue.record("no name aligned the floats")
    }

    @Test("zip64 archives and archives with a comment are read")
    func largeArchive() throws {
        var archive = ZipFixture(pickle: Pickle.program(Pickle.dictionary(("w", Pickle.tensor()))))
        archive.comment = Array("PK\u{5}\u{6} a comment that looks like the end of a directory".utf8)
        #expect(try open(archive.bytes).tensor("w")?.elements(as: Float.self) == [0, 1, 2, 3, 4, 5])
        archive.isLarge = true
        #expect(try open(archive.bytes).tensor("w")?.elements(as: Float.self) == [0, 1, 2, 3, 4, 5])
    }

    @Test("A wrapper's prefix stays where not all names have it")
    func prefixes() throws {
        func names(_ first: String, _ second: String) throws -> [String] {
            let items = Pickle.dictionary((first, Pickle.tensor()), (second, Pickle.tensor()))
            return try open(ZipFixture(pickle: Pickle.program(items)).bytes).names
        }
        #expect(try names("module.a", "module.b") == ["a", "b"])
        #expect(try names("module._orig_mod.a", "module._orig_mod.b") == ["a", "b"])
        #expect(try names("module.a", "b") == ["module.a", "b"])
        #expect(try names("module.", "module.b") == ["module.", "module.b"])
    }

    @Test("What is refused is told in one line that names the file")
    func errors() throws {
        let path = try folder.write(Array("hello".utf8), as: "a.pt")
        let error = #expect(throws: FileError.self) { try TorchFile(opening: path) }
        #expect(
            error?.description == "\(path): expected a file of torch.save or torch.jit.save, found another format")
        #expect(error?.code == .badData)
        let missing = #expect(throws: FileError.self) { try TorchFile(opening: folder.path("none.pt")) }
        #expect(missing?.code == .notFound)
    }
}
