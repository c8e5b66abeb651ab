import CLIPCheckpoints
import CLIPTestSupport
import Testing

@Suite("Hostile pickles")
struct TorchPickleTests {
    typealias Bytes = [UInt8]

    private static let system = Pickle.global("os", "system")
    private static let command = Pickle.tuple(Pickle.text("true"))

    /// Values that a pickle may try to make, and what is said of them.
    static let values: [HostileCase] = [
        HostileCase("REDUCE", system + command + Pickle.op("R"), "found the global os.system"),
        HostileCase("only named", system, "found the global os.system"),
        HostileCase("STACK_GLOBAL", Pickle.text("os") + Pickle.text("system") + [0x93], "found the global os.system"),
        HostileCase(
            "in a tensor's arguments",
            Pickle.call(
                Pickle.global("torch._utils", "_rebuild_tensor_v2"), system + command + Pickle.op("R"),
                Pickle.integer(0)), "found the global os.system"
        ),
        HostileCase(
            "in a storage", Pickle.tuple(Pickle.text("storage"), system) + Pickle.op("Q"), "found the global os.system"),
        HostileCase("INST", Pickle.op("(") + Pickle.text("x") + Pickle.op("ios\nsystem\n"), "found INST"),
        HostileCase("OBJ", Pickle.op("(") + system + Pickle.op("o"), "found the global os.system"),
        HostileCase(
            "OBJ of an allowed class", Pickle.op("(") + Pickle.global("torch", "Size") + Pickle.op("o"), "found OBJ"),
        HostileCase("EXT1", [0x82, 1], "found EXT1"), HostileCase("EXT2", [0x83, 1, 0], "found EXT2"),
        HostileCase("EXT4", [0x84, 1, 0, 0, 0], "found EXT4"),
        HostileCase("NEWOBJ_EX", Pickle.op(")}") + [0x92], "found NEWOBJ_EX"),
        HostileCase("NEXT_BUFFER", [0x97], "found NEXT_BUFFER"), HostileCase("GET", Pickle.op("g0\n"), "found GET"),
        HostileCase(
            "BUILD of another class", Pickle.global("a", "B") + Pickle.op(")") + [0x81], "found the global a.B"),
        HostileCase("BUILD of a number", Pickle.integer(1) + Pickle.op("}b"), "expected an object without a state"),
        HostileCase(
            "BUILD with __setstate__",
            Pickle.op("}") + Pickle.dictionary(("__setstate__", system)) + Pickle.op("b"), "found the global os.system"
        ),
        HostileCase("a class of TorchScript", Pickle.global("__torch__", "Net"), "found the global __torch__.Net"),
        HostileCase("builtins", Pickle.global("builtins", "eval"), "found the global builtins.eval"),
        HostileCase("_codecs", Pickle.global("_codecs", "encode"), "found the global _codecs.encode"),
        HostileCase(
            "a dotted name", Pickle.global("torch", "_utils._rebuild_tensor_v2"), "torch._utils._rebuild_tensor_v2"),
        HostileCase(
            "a dotted name of STACK_GLOBAL", Pickle.text("collections") + Pickle.text("OrderedDict.__init__") + [0x93],
            "found the global collections.OrderedDict.__init__"
        ),
        HostileCase(
            "an argparse namespace", Pickle.global("argparse", "Namespace"), "found the global argparse.Namespace"),
        HostileCase("a call of a storage", Pickle.call(Pickle.global("torch", "FloatStorage")), "one of torch storage"),
        HostileCase("a call of a number", Pickle.integer(1) + Pickle.op(")R"), "found an integer and a tuple"),
        HostileCase("memo out of range", Pickle.op("h") + [9], "memo under 9"),
        HostileCase("memo far out of range", Pickle.op("j") + [255, 255, 255, 255], "memo under 4294967295"),
        HostileCase("a memo that is too large", Pickle.op("Nr") + [255, 255, 255, 127], "a number in the memo below"),
        HostileCase("LONG4", [0x8B, 255, 255, 255, 127], "2147483647 bytes"),
        HostileCase("LONG4 below 0", [0x8B, 0, 0, 0, 128], "bytes"),
        HostileCase("BINUNICODE8", [0x8D] + Bytes(repeating: 255, count: 8), "bytes"),
        HostileCase("BINUNICODE", Pickle.op("X") + [255, 255, 255, 255], "4294967295 bytes"),
        HostileCase("BINBYTES8", [0x8E] + Bytes(repeating: 127, count: 8), "bytes"),
        HostileCase("BYTEARRAY8", [0x96] + Bytes(repeating: 255, count: 8), "bytes"),
        HostileCase("BINSTRING below 0", Pickle.op("T") + [0, 0, 0, 128], "bytes"),
        HostileCase("text that is not UTF-8", Pickle.op("U") + [1, 255], "UTF-8"),
        HostileCase("no mark", Pickle.op("t"), "a mark on the stack"),
        HostileCase("below a mark", Pickle.op("N(") + [0x85], "values on the"),
        HostileCase("an odd dict", Pickle.op("}(Nu"), "a value for each key"),
        HostileCase("items of a list", Pickle.op("](NNu"), "a dict"),
        HostileCase("append to a tuple", Pickle.op(")Na"), "a list or a set"),
        HostileCase("protocol 6", [0x80, 6], "protocol of 2 to 5"),
        HostileCase("a persistent id of text", Pickle.text("x") + Pickle.op("Q"), "identifier of a storage"),
        HostileCase(
            "a list made a dict again and again",
            Pickle.op("](") + Bytes((0..<9000).flatMap { _ in Pickle.op("NN") + [0x86] }) + Pickle.op("eq") + [1]
                + Pickle.op("0")
                + Bytes(
                    (0..<9000).flatMap { _ in
                        Pickle.global("collections", "OrderedDict") + Pickle.op("h") + [1, 0x85] + Pickle.op("R0")
                    })
                + Pickle.op("N"), "found them repeated"
        ),
        HostileCase(
            "a set of a set", Pickle.call(Pickle.global("builtins", "set"), Pickle.integer(1)), "elements of a set"
        ),
    ]

    @Test("What a value may not ask for is refused by its name, in a state dict of either format", arguments: values)
    func refusedValues(_ value: HostileCase) {
        let pickle = Pickle.program(Pickle.dictionary(("w", Pickle.tensor()), ("x", value.bytes)))
        for bytes in [ZipFixture(pickle: pickle).bytes, TorchFixture.legacy(pickle)] { value.check(bytes) }
    }

    /// Whole pickles without their first and last instruction.
    static let programs: [HostileCase] = [
        HostileCase("nothing", [], "a value on the stack"),
        HostileCase("memo of nothing", Pickle.op("q") + [0], "a value on the stack"),
        HostileCase("a mark at the end", Pickle.op("N("), "a value on the stack"),
        HostileCase("a mark too many", Pickle.op("(N"), "expected one value at the end"),
        HostileCase("a value too many", Pickle.op("NN"), "expected one value at the end"),
        HostileCase("a global alone", Pickle.global("os", "system"), "found the global os.system"),
        HostileCase("a global called", Pickle.call(Pickle.global("os", "system")), "found the global os.system"),
    ]

    @Test("A program that is malformed, or names another function, is refused", arguments: programs)
    func refusedPrograms(_ program: HostileCase) {
        let pickle = Pickle.program(program.bytes)
        for bytes in [ZipFixture(pickle: pickle).bytes, TorchFixture.legacy(pickle), pickle] { program.check(bytes) }
    }

    @Test("Every byte is an instruction that is followed or refused, on an empty stack and on a full one")
    func instructions() {
        for byte in UInt8.min...UInt8.max {
            for before in [[], Pickle.op("(NN(NNN"), Pickle.op("}(NNNN"), Pickle.op("](NNNN")] as [Bytes] {
                let line = TorchFixture.refusal(ZipFixture(pickle: Pickle.program(before + [byte])).bytes)
                #expect(line.hasPrefix("expected ") && !line.contains("\n"), "\(byte): \(line)")
            }
        }
    }

    @Test("Objects that contain themselves, and very deep ones, are read and go away")
    func recursion() {
        let cycle = Pickle.op("]q") + [1] + Pickle.op("h") + [1] + Pickle.op("a")
        let deep =
            Bytes(repeating: UInt8(ascii: "]"), count: 300_000) + Bytes(repeating: UInt8(ascii: "a"), count: 299_999)
        let tuples = Pickle.op("N") + Bytes(repeating: 0x85, count: 300_000)
        for value in [cycle, deep, tuples] {
            let pickle = Pickle.program(Pickle.dictionary(("w", Pickle.tensor()), ("x", value)))
            #expect(TorchFixture.refusal(ZipFixture(pickle: pickle).bytes) == "")
        }
        let own = Pickle.program(Pickle.op("}q") + [1], Pickle.text("a") + Pickle.op("h") + [1] + Pickle.op("s"))
        #expect(TorchFixture.refusal(ZipFixture(pickle: own).bytes).contains("found none"))
    }
}
