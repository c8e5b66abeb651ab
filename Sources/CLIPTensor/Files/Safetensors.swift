package import CLIPFiles

/// A safetensors file, mapped into memory: its header is read and checked, its tensors are pages of the file.
///
/// ```swift
/// let file = try Safetensors(opening: "model.safetensors")
/// let scale = try file.tensor("logit_scale").scalar()
/// ```
///
/// A tensor may be changed in place: its pages are then copied for this process, and the file stays as it is.
public struct Safetensors {
    /// The path of the file.
    public let path: String
    /// What the file holds.
    public let header: SafetensorsHeader
    private let file: MappedFile
    private let indices: [String: Int]

    /// Opens a file and checks its header. Throws `FileError` where it is missing, and where the header contradicts the
    /// format or the size of the file, before any memory is taken for tensors.
    public init(opening path: String) throws {
        self.path = path
        file = try MappedFile(path: path)
        header = try named(path) { [file] in
            try SafetensorsHeader(parsing: UnsafeRawBufferPointer(file.bytes), fileSize: file.count)
        }
        indices = Dictionary(uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
    }

    /// The names of all tensors, in the order of their data.
    public var names: [String] { header.entries.map(\.name) }

    /// What the header says of a tensor; nil where there is none of the name.
    public func entry(_ name: String) -> SafetensorsHeader.Entry? { indices[name].map { header.entries[$0] } }

    /// The tensor of a name, over the mapped file; copied only where the file does not align its elements.
    public func tensor(_ name: String) throws -> Tensor {
        guard let entry = entry(name) else {
            throw FileError(.badData, path: path, "expected the tensor \(name.quoted()), found none of that name")
        }
        return try Tensor(file: file, range: entry.range, shape: entry.shape, dtype: entry.dtype)
    }

    /// All tensors by their names.
    public func tensors() throws -> [String: Tensor] {
        try Dictionary(uniqueKeysWithValues: names.map { ($0, try tensor($0)) })
    }
}

extension Tensor {
    /// A tensor over a part of a mapped file whose size fits the shape; copied where the file does not align it.
    package init(file: MappedFile, range: Range<Int>, shape: [Int], dtype: DType) throws {
        let bytes = UnsafeMutableRawBufferPointer(rebasing: file.bytes[range])
        guard let base = bytes.baseAddress, Int(bitPattern: base) % dtype.byteCount == 0 else {
            self = try withExtendedLifetime(file) { try Tensor([UInt8](bytes), shape: shape, dtype: dtype) }
            return
        }
        try self.init(memory: base, ownedBy: file, shape: shape, dtype: dtype)
    }
}

/// Calls `body`, whose ``TensorError`` says what is wrong with the file at `path`, and adds the name.
func named<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as TensorError {
        throw FileError(.badData, path: path, error.description)
    }
}
