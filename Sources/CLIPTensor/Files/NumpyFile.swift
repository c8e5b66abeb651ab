internal import CLIPFiles

/// NumPy's `.npy` files, as `numpy.load` and `numpy.save` know them: one array in C order.
public enum NumpyFile {
    /// The array of a file, over the mapped file; throws `FileError` where the file is missing, is no `.npy` file, has
    /// another size than its header says, or holds objects, records, big-endian numbers or Fortran order.
    public static func read(_ path: String) throws -> Tensor {
        let file = try MappedFile(path: path)
        return try named(path) {
            let header = try NumpyHeader(parsing: UnsafeRawBufferPointer(file.bytes), fileSize: file.count)
            return try Tensor(
                file: file, range: header.dataOffset..<file.count, shape: header.shape, dtype: header.dtype)
        }
    }

    /// Writes a tensor; the file appears whole or not at all. The format knows no bfloat16: such a tensor is written as
    /// float32, which holds it exactly.
    public static func write(_ tensor: Tensor, to path: String) throws {
        let tensor = tensor.dtype == .bfloat16 ? try tensor.cast(to: .float32) : tensor
        try AtomicFile.write(to: path) { file in
            try file.write(NumpyHeader.bytes(dtype: tensor.dtype, shape: tensor.shape))
            try tensor.withBytes { try file.write($0) }
        }
    }
}

/// Writes a `.npy` file row by row, for results that need not fit in memory or whose number is not known before.
///
/// ```swift
/// let writer = try NumpyWriter(path: "embeddings.npy", rowShape: [512])
/// for batch in batches { try writer.append(embed(batch)) }  // [n, 512]
/// try writer.finish()
/// ```
///
/// The file appears when it is finished; a writer that goes away before leaves nothing.
public final class NumpyWriter {
    /// The shape of a row.
    public let rowShape: [Int]
    /// The type of the elements.
    public let dtype: DType
    /// The number of rows so far.
    public private(set) var rowCount = 0
    private let file: AtomicFile
    private let headerSize: Int

    /// Starts a file of rows; `dtype` must not be bfloat16, which the format does not know.
    public init(path: String, rowShape: [Int], dtype: DType = .float32) throws {
        guard dtype != .bfloat16 else { throw FileError(.unwritable, path: path, "a .npy file cannot hold bfloat16") }
        self.rowShape = rowShape
        self.dtype = dtype
        file = try AtomicFile(path: path)
        // Room for the largest count of rows.
        headerSize = NumpyHeader.bytes(dtype: dtype, shape: [Int.max] + rowShape).count
        try file.write(header())
    }

    /// Appends rows, `[n] + rowShape`, converted to the file's type.
    public func append(_ rows: Tensor) throws {
        let shape = rows.shape
        guard shape.count == rowShape.count + 1, Array(shape.dropFirst()) == rowShape else {
            throw TensorError("rows for a .npy file: expected the shape [n] + \(rowShape), found \(shape)")
        }
        try rows.cast(to: dtype).withBytes { try file.write($0) }
        rowCount += shape[0]
    }

    /// Writes the number of rows into the header and puts the file in its place.
    public func finish() throws {
        try file.overwrite(header(), at: 0)
        try file.commit()
    }

    private func header() -> [UInt8] {
        NumpyHeader.bytes(dtype: dtype, shape: [rowCount] + rowShape, minimumSize: headerSize)
    }
}
