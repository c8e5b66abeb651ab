internal import CLIPFiles

/// What a file of PyTorch's says: its tensors with their places in the file, and plain values.
///
/// Only the directory and the pickles are read. Whatever is refused is a ``TorchFormatError``.
package struct TorchContents: Sendable {
    package let kind: TorchFile.Kind
    /// The tensors, in the order of the file.
    package let entries: [TorchFile.Entry]
    package let integers: [String: Int]
    package let metadata: [String: String]

    /// Reads the bytes of a whole file.
    package init(parsing bytes: UnsafeRawBufferPointer) throws {
        if bytes.starts(with: [0x50, 0x4B]) {
            try self.init(zip: bytes)
        } else if bytes.first == PickleOpcode.proto.rawValue {
            try self.init(legacy: bytes)
        } else {
            let isTar = bytes.count > 262 && bytes[257..<262].elementsEqual("ustar".utf8)
            throw TorchFormatError(
                expected: "a file of torch.save or torch.jit.save",
                found: bytes.isEmpty
                    ? "an empty file"
                    : isTar ? "a tar archive (PyTorch 0.1's format: save it anew)" : "another format")
        }
    }

    private init(zip bytes: UnsafeRawBufferPointer) throws {
        let archive = try ZipArchive(bytes)
        let isScript = archive.contains(prefix: "code/")
        guard let range = try archive.range(of: "data.pkl") else {
            throw TorchFormatError(expected: "the record data.pkl of torch.save", found: "none")
        }
        try Self.checkByteOrder(archive, bytes)
        guard range.count <= PickleReader.sizeLimit else {
            throw TorchFormatError(
                expected: "a data.pkl of at most \(PickleReader.sizeLimit) bytes", found: "\(range.count)")
        }
        var reader = try PickleReader(
            UnsafeRawBufferPointer(rebasing: bytes[range]), allowsScript: isScript)
        let root = try reader.read()
        let named: NamedTensors
        if case .object(let index) = root {
            var sources = ScriptSources(archive)
            named = try NamedTensors(moduleIn: index, of: reader.heap, sources: &sources, pickleSize: range.count)
        } else {
            named = try NamedTensors(stateDictIn: root, of: reader.heap, pickleSize: range.count)
        }
        try self.init(isScript ? .torchScript : .zip, named, reader.heap, fileSize: bytes.count) { storage in
            try archive.range(of: "data/" + storage.key)
        }
    }

    private static func checkByteOrder(_ archive: ZipArchive, _ bytes: UnsafeRawBufferPointer) throws {
        guard let range = try archive.range(of: "byteorder") else { return }
        guard bytes[range].elementsEqual("little".utf8) else {
            throw TorchFormatError(
                expected: "elements in little-endian order", found: "the byte order of another machine")
        }
    }

    private init(legacy bytes: UnsafeRawBufferPointer) throws {
        let file = try LegacyFile(bytes)
        let named = try NamedTensors(stateDictIn: file.root, of: file.heap, pickleSize: file.pickleSize)
        try self.init(.legacy, named, file.heap, fileSize: bytes.count) { file.ranges[$0.key] }
    }

    private init(
        _ kind: TorchFile.Kind, _ named: NamedTensors, _ heap: PickleHeap, fileSize: Int,
        locate: (PickleHeap.Storage) throws -> Range<Int>?
    ) throws {
        self.kind = kind
        (integers, metadata) = (named.integers, named.metadata)
        var known: Set<String> = []
        entries = try named.tensors.map { name, index in
            guard known.insert(name).inserted else {
                throw TorchFormatError(expected: "each tensor once", found: "\(name.quoted()) twice")
            }
            let view = heap.tensors[index]
            guard let range = try locate(heap.storages[view.storage]) else {
                let key = heap.storages[view.storage].key.brief
                throw TorchFormatError(expected: "the storage \(key) of the tensor \(name.quoted())", found: "none")
            }
            return try TorchFile.Entry(name, view, of: heap, storage: range, fileSize: fileSize)
        }
    }
}
