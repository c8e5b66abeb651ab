internal import CLIPFiles

extension Safetensors {
    /// A tensor to write: what the header says of it, and its elements when their turn comes.
    package struct Deferred {
        let name: String
        let dtype: DType
        let shape: [Int]
        let load: () throws -> Tensor

        /// A tensor that `load` gives with this type and shape.
        package init(name: String, dtype: DType, shape: [Int], load: @escaping () throws -> Tensor) {
            (self.name, self.dtype, self.shape, self.load) = (name, dtype, shape, load)
        }

        var byteCount: Int { shape.reduce(dtype.byteCount, *) }
    }

    /// Writes tensors as a safetensors file, in the order and with the bytes of the reference implementation.
    ///
    /// The file appears whole or not at all; throws `FileError` where it cannot be written. `metadata` says by default
    /// that tensors have PyTorch's layout, which `transformers` asks for.
    public static func write(
        _ tensors: [String: Tensor], metadata: [String: String] = ["format": "pt"], to path: String
    ) throws {
        let deferred = tensors.map { name, tensor in
            Deferred(name: name, dtype: tensor.dtype, shape: tensor.shape) { tensor }
        }
        try write(deferred, metadata: metadata, to: path)
    }

    /// The same with one tensor in memory at a time.
    package static func write(
        _ tensors: [Deferred], metadata: [String: String] = ["format": "pt"], to path: String
    ) throws {
        let ordered = tensors.sorted { left, right in
            let ranks = (left.dtype.safetensorsRank, right.dtype.safetensorsRank)
            return ranks.0 == ranks.1 ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : ranks.0 > ranks.1
        }
        try AtomicFile.write(to: path) { file in
            try file.write(headerBytes(ordered, metadata))
            for entry in ordered {
                let tensor = try entry.load()
                precondition(tensor.dtype == entry.dtype && tensor.shape == entry.shape, "as the header says")
                try tensor.withBytes { try file.write($0) }
            }
        }
    }

    private static func headerBytes(_ tensors: [Deferred], _ metadata: [String: String]) -> [UInt8] {
        var members: [JSON.Member] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }
            members.append(JSON.Member("__metadata__", .object(pairs)))
        }
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.byteCount
            members.append(
                JSON.Member(
                    tensor.name,
                    [
                        "dtype": .string(tensor.dtype.safetensorsName),
                        "shape": .array(tensor.shape.map(JSON.integer)),
                        "data_offsets": [.integer(offset), .integer(end)],
                    ]))
            offset = end
        }
        return framed(JSON.object(members).compactText)
    }

    /// The length, then the text, filled up with spaces so that the data is aligned to eight bytes.
    private static func framed(_ text: String) -> [UInt8] {
        var header = Array(text.utf8)
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
    }
}
