import CLIPCheckpoints

/// Small files of every kind, put together without PyTorch.
enum TorchFixture {
    /// A state dict with a tensor `w`, six floats.
    static let zip = ZipFixture(pickle: Pickle.program(Pickle.dictionary(("w", Pickle.tensor())))).bytes

    /// The same with a transposed view, a part, a scalar and plain values around it.
    static let checkpoint = ZipFixture(
        pickle: Pickle.program(
            Pickle.dictionary(
                ("epoch", Pickle.integer(3)), ("name", Pickle.text("run")),
                (
                    "state_dict",
                    Pickle.dictionary(
                        ("module.w", Pickle.tensor(shape: [3, 2], strides: [1, 3])),
                        ("module.v", Pickle.tensor(offset: 4, shape: [2], strides: [1])),
                        ("module.s", Pickle.tensor(offset: 5, shape: [], strides: [])))
                ), ("optimizer", Pickle.list(Pickle.op("N"), Pickle.dictionary(("lr", Pickle.integer(1)))))))
    ).bytes

    static let scriptPickle = Pickle.program(
        Pickle.global("__torch__", "Net") + Pickle.op(")") + [0x81],
        Pickle.dictionary(
            ("scale", Pickle.tensor(shape: [], strides: [])), ("mask", Pickle.tensor()), ("size", Pickle.integer(224)),
            (
                "fc",
                Pickle.global("__torch__.nn.linear.___torch_mangle_0", "Linear") + Pickle.op(")") + [0x81]
                    + Pickle.dictionary(("weight", Pickle.tensor()), ("bias", Pickle.op("N"))) + Pickle.op("b")
            )), Pickle.op("b"))

    static let scriptSource = """
        class Net(Module):
          __parameters__ = ["scale", ]
          __buffers__ = []
          scale : Tensor
          mask : Tensor
        """

    /// A TorchScript archive of a module with another in it.
    static var scriptArchive: ZipFixture {
        let inner = "class Linear(Module):\n  __parameters__ = [\"weight\", \"bias\", ]\n  __buffers__ = []\n"
        return ZipFixture([
            ("data.pkl", scriptPickle), ("data/0", ZipFixture.floats),
            ("code/__torch__.py", Array(scriptSource.utf8)),
            ("code/__torch__/nn/linear/___torch_mangle_0.py", Array(inner.utf8)), ("constants.pkl", []),
        ])
    }

    static let script = scriptArchive.bytes

    /// A file as before PyTorch 1.6.
    static func legacy(_ object: [UInt8], isLittle: Bool = true, keys: [String] = ["0"], count: Int = 6) -> [UInt8] {
        let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
        let machine = Pickle.dictionary(
            ("protocol_version", Pickle.integer(1001)), ("little_endian", [isLittle ? 0x88 : 0x89]))
        let list = Pickle.op("](") + keys.flatMap { Pickle.text($0) } + Pickle.op("e")
        return Pickle.program(magic) + Pickle.program(Pickle.integer(1001)) + Pickle.program(machine) + object
            + Pickle.program(list) + Pickle.little(Int64(count)) + ZipFixture.floats
    }

    static let legacy = legacy(
        Pickle.program(
            Pickle.dictionary(
                ("w", Pickle.tensor()), ("s", Pickle.tensor(offset: 1, shape: [2, 2], strides: [1, 2])))))

    /// What opening bytes says, an error or nothing.
    static func refusal(_ bytes: [UInt8]) -> String {
        do {
            _ = try bytes.withUnsafeBytes { try TorchContents(parsing: $0) }
            return ""
        } catch { return "\(error)" }
    }
}
