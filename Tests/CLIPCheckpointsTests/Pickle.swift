/// Pieces of pickles, put together by hand.
enum Pickle {
    typealias Bytes = [UInt8]

    static func program(_ parts: Bytes...) -> Bytes { [0x80, 2] + parts.joined() + op(".") }

    /// Instructions by their letters.
    static func op(_ letters: String) -> Bytes { Array(letters.utf8) }

    static func text(_ text: String) -> Bytes { op("X") + little(UInt32(text.utf8.count)) + text.utf8 }

    static func integer(_ value: Int) -> Bytes { [0x8A, 8] + little(UInt64(bitPattern: Int64(value))) }

    static func global(_ module: String, _ name: String) -> Bytes { op("c\(module)\n\(name)\n") }

    static func tuple(_ parts: Bytes...) -> Bytes { op("(") + parts.joined() + op("t") }

    static func integers(_ values: [Int]) -> Bytes { op("(") + values.flatMap(integer) + op("t") }

    static func list(_ parts: Bytes...) -> Bytes { op("](") + parts.joined() + op("e") }

    static func dictionary(_ items: (String, Bytes)...) -> Bytes {
        op("}(") + items.flatMap { text($0.0) + $0.1 } + op("u")
    }

    static func call(_ function: Bytes, _ arguments: Bytes...) -> Bytes {
        function + op("(") + arguments.joined() + op("tR")
    }

    /// The identifier of a storage of floats.
    static func storage(_ key: String = "0", count: Int = 6, type: String = "FloatStorage", view: Bytes? = nil) -> Bytes
    {
        let fields = text("storage") + global("torch", type) + text(key) + text("cpu") + integer(count)
        return op("(") + fields + (view ?? []) + op("tQ")
    }

    /// A call that makes a tensor.
    static func tensor(
        _ storage: Bytes = storage(), offset: Int = 0, shape: [Int] = [2, 3], strides: [Int] = [3, 1]
    ) -> Bytes {
        call(
            global("torch._utils", "_rebuild_tensor_v2"), storage, integer(offset), integers(shape), integers(strides),
            [0x89], op("}"))
    }

    static func little(_ value: some FixedWidthInteger) -> Bytes {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
