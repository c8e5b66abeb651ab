import CLIPCheckpoints
import CLIPTestSupport
import Testing

@Suite("Hostile tensors")
struct TorchTensorTests {
    /// Tensors that contradict their storage of six floats.
    static let tensors: [HostileCase] = [
        HostileCase("offset beyond", Pickle.tensor(offset: 1), "within 24 bytes"),
        HostileCase("offset below 0", Pickle.tensor(offset: -1), "within 24 bytes"),
        HostileCase("offset overflowing", Pickle.tensor(offset: .max, shape: [1], strides: [1]), "within 24 bytes"),
        HostileCase("offset of nothing", Pickle.tensor(offset: 7, shape: [0], strides: [1]), "within 24 bytes"),
        HostileCase("stride beyond", Pickle.tensor(shape: [2, 3], strides: [4, 1]), "within 24 bytes"),
        HostileCase("stride overflowing", Pickle.tensor(shape: [2, 3], strides: [.max, 1]), "within 24 bytes"),
        HostileCase(
            "strides that overflow together", Pickle.tensor(shape: [2, 2, 2], strides: [.max, .max, 2]), "within 24"),
        HostileCase(
            "stride below 0", Pickle.tensor(offset: 5, shape: [6], strides: [-1]), "strides of integers from 0"),
        HostileCase("size below 0", Pickle.tensor(shape: [-1], strides: [1]), "sizes of integers from 0"),
        HostileCase(
            "size overflowing", Pickle.tensor(shape: [.max, .max], strides: [0, 0]), "a stride for each size"),
        HostileCase(
            "hidden size", Pickle.tensor(shape: [0, .max, .max], strides: [1, 1, 1]), "a stride for each size"),
        HostileCase("endless repetition", Pickle.tensor(shape: [1 << 40], strides: [0]), "no larger than the file"),
        HostileCase("fewer strides", Pickle.tensor(shape: [2, 3], strides: [1]), "a stride for each size"),
        HostileCase(
            "too many axes", Pickle.tensor(shape: [Int](repeating: 1, count: 17), strides: []), "at most 16 sizes"),
        HostileCase("a missing storage", Pickle.tensor(Pickle.storage("7")), "the storage 7"),
        HostileCase("a storage out of the folder", Pickle.tensor(Pickle.storage("../../x")), "the storage ../../x"),
        HostileCase("a longer storage", Pickle.tensor(Pickle.storage(count: 7)), "a storage of 7 elements"),
        HostileCase(
            "a shorter storage", Pickle.tensor(Pickle.storage(count: 5), shape: [1], strides: [1]), "of 5 elements"),
        HostileCase("a wider type", Pickle.tensor(Pickle.storage(type: "DoubleStorage")), "elements of float64"),
        HostileCase("a count that overflows", Pickle.tensor(Pickle.storage(count: .max)), "elements of float32"),
        HostileCase("a count below 0", Pickle.tensor(Pickle.storage(count: -1)), "class, key and size"),
        HostileCase(
            "a view beyond",
            Pickle.tensor(Pickle.storage(view: Pickle.tuple(Pickle.text("v"), Pickle.integer(4), Pickle.integer(3)))),
            "a part of 6 stored elements"
        ),
        HostileCase(
            "a view that overflows",
            Pickle.tensor(
                Pickle.storage(view: Pickle.tuple(Pickle.text("v"), Pickle.integer(4), Pickle.integer(.max)))),
            "a part of 6 stored elements"
        ),
        HostileCase(
            "a view below 0",
            Pickle.tensor(Pickle.storage(view: Pickle.tuple(Pickle.text("v"), Pickle.integer(-4), Pickle.integer(3)))),
            "a part of 6 stored elements"
        ),
    ]

    @Test("A tensor that contradicts its storage is refused in either format", arguments: tensors)
    func refusedTensors(_ tensor: HostileCase) {
        let pickle = Pickle.program(Pickle.dictionary(("w", tensor.bytes)))
        tensor.check(ZipFixture(pickle: pickle).bytes)
        #expect(!TorchFixture.refusal(TorchFixture.legacy(pickle)).isEmpty)
    }
}
