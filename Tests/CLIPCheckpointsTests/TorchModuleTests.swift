import CLIPCheckpoints
import CLIPTestSupport
import Testing

@Suite("Hostile modules and state dicts")
struct TorchModuleTests {
    private typealias Bytes = [UInt8]

    /// An archive with one class of modules, and a pickle that makes modules of it.
    private func modules(_ pickle: Bytes) -> Bytes {
        let source = "class M(Module):\n  __parameters__ = [\"w\", ]\n  __buffers__ = []\n"
        return ZipFixture([
            ("data.pkl", pickle), ("data/0", ZipFixture.floats), ("code/__torch__.py", Array(source.utf8)),
        ]).bytes
    }

    @Test("Modules within themselves, without end, or shared until they are countless are refused")
    func endlessModules() {
        let module = Pickle.global("__torch__", "M") + Pickle.op(")") + [0x81]
        // A long attribute makes the pickle large enough for names of that depth.
        let own = Pickle.program(
            module, Pickle.op("q") + [1],
            Pickle.dictionary(("note", Pickle.text(String(repeating: "x", count: 1000))), ("a", Pickle.op("h") + [1])),
            Pickle.op("b"))
        #expect(TorchFixture.refusal(modules(own)).contains("modules at most 64 deep"))
        var shared = module + Pickle.dictionary(("w", Pickle.tensor())) + Pickle.op("b")
        for level in 0..<40 {
            // Each level has the one below twice.
            let below = UInt8(level)
            shared += Pickle.op("q") + [below] + Pickle.op("0") + module + Pickle.op("}")
            for name in ["a", "b"] { shared += Pickle.text(name) + Pickle.op("h") + [below] + Pickle.op("s") }
            shared += Pickle.op("b")
        }
        #expect(TorchFixture.refusal(modules(Pickle.program(shared))).contains("shared without end"))
    }

    @Test("A TorchScript archive whose source lacks a class, or hides it in a bomb, is refused")
    func badSources() {
        var archive = TorchFixture.scriptArchive
        archive.records[3].name = "a/code/other.py"
        #expect(TorchFixture.refusal(archive.bytes).contains("the class __torch__.nn.linear.___torch_mangle_0.Linear"))
        archive = TorchFixture.scriptArchive
        archive.records[2].method = 8
        archive.records[2].count = 15 << 20
        #expect(TorchFixture.refusal(archive.bytes).contains("deflated data of 15728640 bytes"))
        archive.records[2].count = 17 << 20
        #expect(TorchFixture.refusal(archive.bytes).contains("at most 16777216 bytes"))
        archive.records[2].count = 10
        #expect(TorchFixture.refusal(archive.bytes).contains("damage"))
        archive = TorchFixture.scriptArchive
        archive.records.removeAll { $0.name.hasPrefix("a/code") }
        #expect(TorchFixture.refusal(archive.bytes).contains("found the global __torch__.Net"))
    }

    @Test("State dicts that are none are refused")
    func stateDicts() {
        func refusal(_ parts: Bytes...) -> String {
            TorchFixture.refusal(ZipFixture(pickle: Pickle.program(Bytes(parts.joined()))).bytes)
        }
        #expect(refusal(Pickle.tensor()).contains("expected a dict of tensors, found a tensor"))
        #expect(refusal(Pickle.dictionary()).contains("found none"))
        #expect(refusal(Pickle.dictionary(("a", Pickle.tensor()), ("a", Pickle.tensor()))).contains("\"a\" twice"))
        let inner = Pickle.dictionary(("w", Pickle.tensor()))
        #expect(refusal(Pickle.dictionary(("a", inner), ("b", inner))).contains("found 2 dicts of tensors"))
        #expect(refusal(Pickle.op("}") + Pickle.integer(1) + Pickle.tensor() + Pickle.op("s")).contains("under names"))
    }
}
