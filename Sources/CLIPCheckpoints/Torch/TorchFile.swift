internal import CLIPFiles
public import CLIPTensor

/// A file of PyTorch's, mapped into memory: a TorchScript archive (as OpenAI's models are), or what `torch.save` wrote, a
/// state dict or a training checkpoint that holds one.
///
/// ```swift
/// let file = try TorchFile(opening: "ViT-B-32.pt")
/// let kernel = try file.tensor("visual.conv1.weight")
/// ```
///
/// No Python is needed and nothing is run: pickles are followed by a machine of our own that knows a fixed table of
/// classes, and refuses by its name whatever else a pickle asks for. Opening reads the directory and the pickles; the
/// tensors are pages of the file, which may be changed in place: they are then copied for this process.
public struct TorchFile {
    /// How a file is laid out.
    public enum Kind: Sendable, Hashable {
        /// A zip archive with code, of `torch.jit.save`.
        case torchScript
        /// A zip archive of `torch.save`.
        case zip
        /// `torch.save` before PyTorch 1.6: pickles and elements in a row.
        case legacy
    }

    /// The path of the file.
    public let path: String
    private let file: MappedFile
    private let contents: TorchContents
    private let indices: [String: Int]

    /// Opens a file and checks all that it says of its tensors. Throws `FileError` where it is missing, or is not such a
    /// file, or names anything but tensors and plain values.
    public init(opening path: String) throws {
        self.path = path
        file = try MappedFile(path: path)
        do {
            contents = try withExtendedLifetime(file) { [file] in
                try TorchContents(parsing: UnsafeRawBufferPointer(file.bytes))
            }
        } catch let error as TorchFormatError {
            throw FileError(.badData, path: path, error.description)
        }
        indices = Dictionary(uniqueKeysWithValues: contents.entries.enumerated().map { ($1.name, $0) })
    }

    /// How the file is laid out.
    public var kind: Kind { contents.kind }

    /// What the file says of its tensors, in its order.
    public var entries: [Entry] { contents.entries }

    /// The names of all tensors, in the order of the file: those of the model's `state_dict()`, without the prefix that
    /// `DistributedDataParallel` or `torch.compile` puts before all of them.
    public var names: [String] { contents.entries.map(\.name) }

    /// The integers among the tensors: attributes of a TorchScript module, members of a state dict.
    public var scalars: [String: Int] { contents.integers }

    /// What a training checkpoint says beside its tensors in plain values, such as `epoch` and `name`, as text.
    public var metadata: [String: String] { contents.metadata }

    /// What the file says of a tensor; nil where there is none of the name.
    public func entry(_ name: String) -> Entry? { indices[name].map { contents.entries[$0] } }

    /// The tensor of a name, over the mapped file, with the strides that it was saved with; nil where there is none.
    /// It is copied only where the file does not align its elements.
    public func tensor(_ name: String) throws -> Tensor? {
        guard let entry = entry(name) else { return nil }
        if entry.isContiguous {
            return try Tensor(file: file, range: entry.range, shape: entry.shape, dtype: entry.dtype)
        }
        let count = entry.range.count / entry.dtype.byteCount
        return try Tensor(file: file, range: entry.range, shape: [count], dtype: entry.dtype)
            .strided(entry.shape, by: entry.strides)
    }

    /// An integer of a name, whether the file has it as one or as a tensor with a single integer; nil where it has none.
    public func integer(_ name: String) -> Int? {
        if let scalar = scalars[name] { return scalar }
        guard let entry = entry(name), entry.shape.allSatisfy({ $0 == 1 }) else { return nil }
        return withExtendedLifetime(file) {
            let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
            return switch entry.dtype {
            case .uint8: Int(bytes.loadUnaligned(as: UInt8.self))
            case .int8: Int(bytes.loadUnaligned(as: Int8.self))
            case .int16: Int(bytes.loadUnaligned(as: Int16.self))
            case .int32: Int(bytes.loadUnaligned(as: Int32.self))
            case .int64: Int(bytes.loadUnaligned(as: Int64.self))
            case .float16, .float32, .float64, .bfloat16, .bool: nil
            }
        }
    }
}
