internal import CLIPFiles

extension Safetensors {
    /// Writes tensors as a safetensors file, in the order and with the bytes of the reference implementation.
    ///
    /// The file appears whole or not at all; throws `FileError` where it cannot be written. `metadata` says by default
    /// that tensors have PyTorch's layout, which `transformers` asks for.
    public static func write(
        _ tensors: [String: Tensor], metadata: [String: String] = ["format": "pt"], to path: String
    ) throws {
        let ordered = tensors.sorted { left, right in
            let ranks = (left.value.dtype.safetensorsRank, right.value.dtype.safetensorsRank)
            return ranks.0 == ranks.1 ? left.key.utf8.lexicographicallyPrecedes(right.key.utf8) : ranks.0 > ranks.1
        }
        try AtomicFile.write(to: path) { file in
            try file.write(headerBytes(ordered, metadata))
            for (_, tensor) in ordered { try tensor.withBytes { try file.write($0) } }
        }
    }

    private static func headerBytes(_ tensors: [(key: String, value: Tensor)], _ metadata: [String: String]) -> [UInt8]
    {
        var members: [JSON.Member] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }
            members.append(JSON.Member("__metadata__", .object(pairs)))
        }
        var offset = 0
        for (name, tensor) in tensors {
            let end = offset + tensor.count * tensor.dtype.byteCount
            members.append(
                JSON.Member(
                    name,
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
