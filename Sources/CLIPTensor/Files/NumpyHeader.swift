internal import CLIPFiles

/// The header of a `.npy` file: a Python dictionary with the type, the order and the shape of an array.
///
/// The format: the magic `\x93NUMPY`, a version, the header's length in two bytes (version 1) or four, the header.
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
package struct NumpyHeader: Hashable, Sendable {
    package var dtype: DType
    package var shape: [Int]
    /// Where the elements begin, in bytes from the start of the file.
    package var dataOffset: Int

    /// Reads the header at the start of a file of `fileSize` bytes, and checks it against that size. What is refused
    /// is a ``TensorError`` that does not name the file.
    package init(parsing bytes: UnsafeRawBufferPointer, fileSize: Int) throws {
        let text = try Self.text(bytes)
        dataOffset = text.endIndex
        var dictionary = PythonDictionary(text)
        let fields = try dictionary.fields()
        (dtype, shape) = (try Self.dtype(fields.descr), fields.shape)
        guard !fields.isFortranOrder || shape.count < 2 else {
            throw TensorError("expected a .npy array in C order, found Fortran order")
        }
        guard let byteCount = byteCount(shape, dtype), byteCount == fileSize - dataOffset else {
            throw TensorError(
                "expected the elements of a .npy array \(shape.brief) of \(dtype), found \(fileSize - dataOffset) bytes"
            )
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) throws -> Slice<UnsafeRawBufferPointer> {
        guard bytes.count >= 12, bytes.prefix(6).elementsEqual([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) else {
            throw TensorError("expected a .npy file, found another format or a truncated file")
        }
        let version = bytes[6]
        guard (1...3).contains(version) else { throw TensorError("expected .npy version 1 to 3, found \(version)") }
        let start = version == 1 ? 10 : 12
        let length =
            version == 1
            ? Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
            : Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        guard length <= 1 << 16, start + length <= bytes.count else {
            throw TensorError("expected a .npy header within the file and 64 KiB, found a length of \(length)")
        }
        return bytes[start..<start + length]
    }

    private static func dtype(_ descr: String) throws -> DType {
        if let dtype = DType.allCases.first(where: { $0.numpyName == descr }) { return dtype }
        if descr.hasPrefix("|O") || descr == "O" {
            throw TensorError("expected a .npy array of numbers, found Python objects (\(descr.quoted()))")
        }
        let known = DType.allCases.compactMap(\.numpyName).joined(separator: ", ")
        throw TensorError("expected a .npy type of \(known), found \(descr.quoted())")
    }

    /// The bytes of a version 1 header; the text is filled up to `minimumSize` and to a multiple of 64.
    package static func bytes(dtype: DType, shape: [Int], minimumSize: Int = 0) -> [UInt8] {
        precondition(dtype.numpyName != nil && shape.count <= 64, "a type and a rank that the format knows")
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let text = "{'descr': '\(dtype.numpyName ?? "")', 'fortran_order': False, 'shape': (\(sizes)), }"
        let size = max(minimumSize, (10 + text.utf8.count + 1 + 63) / 64 * 64)
        var header: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
        header += [UInt8((size - 10) & 0xFF), UInt8((size - 10) >> 8)]
        header += text.utf8
        header += [UInt8](repeating: UInt8(ascii: " "), count: size - header.count - 1)
        return header + [UInt8(ascii: "\n")]
    }
}

extension DType {
    /// The format's name for the type, little-endian; nil where it has none.
    var numpyName: String? {
        switch self {
        case .uint8: "|u1"
        case .int8: "|i1"
        case .int16: "<i2"
        case .int32: "<i4"
        case .int64: "<i8"
        case .float16: "<f2"
        case .float32: "<f4"
        case .float64: "<f8"
        case .bool: "|b1"
        case .bfloat16: nil
        }
    }
}

/// Reads the one dictionary that a header may be.
private struct PythonDictionary {
    typealias Fields = (descr: String, isFortranOrder: Bool, shape: [Int])

    private let text: Slice<UnsafeRawBufferPointer>
    private var position: Int
    private var descr: String?
    private var isFortranOrder: Bool?
    private var shape: [Int]?

    init(_ text: Slice<UnsafeRawBufferPointer>) {
        self.text = text
        position = text.startIndex
    }

    mutating func fields() throws -> Fields {
        try expect("{")
        while !take("}") {
            try field()
            if !take(",") {
                try expect("}")
                break
            }
        }
        skipSpace()
        guard position == text.endIndex, let descr, let isFortranOrder, let shape else {
            throw TensorError("expected a .npy header with descr, fortran_order and shape alone, found another")
        }
        return (descr, isFortranOrder, shape)
    }

    private mutating func field() throws {
        let key = try string()
        try expect(":")
        switch key {
        case "descr" where descr == nil:
            if take("[") { throw TensorError("expected a .npy array of numbers, found records") }
            descr = try string()
        case "fortran_order" where isFortranOrder == nil: isFortranOrder = try truth()
        case "shape" where shape == nil: shape = try integers()
        default:
            throw TensorError("expected descr, fortran_order and shape once in a .npy header, found \(key.quoted())")
        }
    }

    private mutating func skipSpace() {
        while position < text.endIndex, [0x20, 0x0A, 0x09, 0x0D].contains(text[position]) { position += 1 }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        skipSpace()
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard text[position...].starts(with: letters) else { return false }
        position += letters.count
        return true
    }

    private mutating func expect(_ word: StaticString) throws {
        guard take(word) else {
            throw TensorError("expected \(word) at byte \(position) of the .npy header, found something else")
        }
    }

    private mutating func string() throws -> String {
        skipSpace()
        guard position < text.endIndex, [0x22, 0x27].contains(text[position]),
            let end = text[(position + 1)...].firstIndex(of: text[position])
        else { throw TensorError("expected a string at byte \(position) of the .npy header, found something else") }
        defer { position = end + 1 }
        return String(decoding: text[(position + 1)..<end], as: UTF8.self)
    }

    private mutating func truth() throws -> Bool {
        if take("True") { return true }
        try expect("False")
        return false
    }

    private mutating func integers() throws -> [Int] {
        var integers: [Int] = []
        try expect("(")
        while !take(")") {
            integers.append(try integer())
            guard integers.count <= 64 else {
                throw TensorError("expected at most 64 axes in a .npy header, found more")
            }
            if !take(",") {
                try expect(")")
                break
            }
        }
        return integers
    }

    private mutating func integer() throws -> Int {
        skipSpace()
        let digits = text[position...].prefix { (0x30...0x39).contains($0) }
        guard let integer = Int(String(decoding: digits, as: UTF8.self)) else {
            throw TensorError(
                "expected a size from 0 at byte \(position) of the .npy header, found another or a huge one")
        }
        position = digits.endIndex
        // Python 2 wrote long integers with a letter.
        _ = take("L")
        return integer
    }
}
