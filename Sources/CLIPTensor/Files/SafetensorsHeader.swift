internal import CLIPFiles

/// What the header of a safetensors file says: the names, types, shapes and places of its tensors.
///
/// The format: eight bytes with the length of the header (little-endian), the header as a JSON object, then the data. Each
/// tensor's `data_offsets` count from the start of the data, and the tensors cover the data without gap or overlap.
/// https://github.com/huggingface/safetensors#format
public struct SafetensorsHeader: Sendable {
    /// A tensor of the file.
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var dtype: DType
        public var shape: [Int]
        /// The place of the elements, in bytes from the start of the file.
        public var range: Range<Int>
    }

    /// The tensors, in the order of their data.
    public let entries: [Entry]
    /// The text values under `__metadata__`.
    public let metadata: [String: String]

    /// The longest header that is read, the bound of the reference implementation.
    static let lengthLimit = 100_000_000
    /// More axes than any operator takes.
    private static let rankLimit = 64
    /// The name under which the header keeps what is not a tensor.
    private static let metadataName = "__metadata__"

    /// Reads the header at the start of `bytes`, a file of `fileSize` bytes, of which at least the header is there.
    /// Whatever contradicts the format or the size is refused as a ``TensorError`` that does not name the file.
    package init(parsing bytes: UnsafeRawBufferPointer, fileSize: Int) throws {
        let end = try Self.headerEnd(bytes, fileSize: fileSize)
        let header = try Self.json(UnsafeRawBufferPointer(rebasing: bytes[8..<end]))
        guard let members = header.members else {
            throw TensorError("expected a safetensors header, a JSON object, found \(header.kind)")
        }
        metadata = try Self.metadata(header[Self.metadataName])
        let entries = try members.filter { $0.name != Self.metadataName }.map {
            try Self.entry($0, dataStart: end, fileSize: fileSize)
        }
        self.entries = entries.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        try Self.checkCoverage(self.entries, of: end..<fileSize)
    }

    private static func headerEnd(_ bytes: UnsafeRawBufferPointer, fileSize: Int) throws -> Int {
        guard bytes.count >= 8 else {
            throw TensorError("expected a safetensors file of at least 8 bytes, found \(bytes.count)")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(lengthLimit) else {
            throw TensorError(
                "expected a safetensors header of at most \(lengthLimit) bytes, found a length of \(length)")
        }
        let end = 8 + Int(length)
        guard end <= fileSize, end <= bytes.count else {
            throw TensorError(
                "expected a safetensors header of \(length) bytes, found only \(fileSize - 8) in the file")
        }
        return end
    }

    private static func json(_ bytes: UnsafeRawBufferPointer) throws -> JSON {
        guard bytes.first == UInt8(ascii: "{") else {
            throw TensorError("expected a safetensors header that begins with a brace, found another byte")
        }
        do { return try JSON(parsing: bytes) } catch {
            throw TensorError("the safetensors header is not JSON: \(error)")
        }
    }

    private static func metadata(_ value: JSON?) throws -> [String: String] {
        guard let value else { return [:] }
        guard let members = value.members else {
            throw TensorError("expected __metadata__ to be an object, found \(value.kind)")
        }
        let pairs = try members.map { member in
            guard let text = member.value.string else {
                throw TensorError(
                    "expected __metadata__ \(member.name.quoted()) to be a string, found \(member.value.kind)")
            }
            return (member.name, text)
        }
        return Dictionary(uniqueKeysWithValues: pairs)  // safe: the JSON has no name twice
    }

    private static func entry(_ member: JSON.Member, dataStart: Int, fileSize: Int) throws -> Entry {
        let name = "the tensor \(member.name.quoted())"
        let dtype = try dtype(member.value["dtype"], of: name)
        let shape = try integers(member.value["shape"], "shape", of: name)
        let offsets = try integers(member.value["data_offsets"], "data_offsets", of: name)
        guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= fileSize - dataStart else {
            throw TensorError(
                "\(name): expected a start and an end within \(fileSize - dataStart) bytes of data, found \(offsets.brief)"
            )
        }
        guard let byteCount = byteCount(shape, dtype), byteCount == offsets[1] - offsets[0] else {
            throw TensorError(
                "\(name): expected \(offsets[1] - offsets[0]) bytes as its offsets say, "
                    + "found the shape \(shape.brief) of \(dtype)")
        }
        return Entry(
            name: member.name, dtype: dtype, shape: shape, range: dataStart + offsets[0]..<dataStart + offsets[1])
    }

    private static func dtype(_ value: JSON?, of name: String) throws -> DType {
        guard let text = value?.string else {
            throw TensorError("\(name): expected a dtype, a string, found \(value?.kind ?? "none")")
        }
        guard let dtype = DType(safetensorsName: text) else {
            let known = DType.allCases.map(\.safetensorsName).joined(separator: ", ")
            throw TensorError("\(name): expected a dtype of \(known), found \(text.quoted())")
        }
        return dtype
    }

    private static func integers(_ value: JSON?, _ key: String, of name: String) throws -> [Int] {
        guard let elements = value?.array else {
            throw TensorError("\(name): expected \(key), an array, found \(value?.kind ?? "none")")
        }
        guard elements.count <= rankLimit else {
            throw TensorError("\(name): expected \(key) of at most \(rankLimit) integers, found \(elements.count)")
        }
        return try elements.map { element in
            guard let integer = element.integer, integer >= 0 else {
                throw TensorError(
                    "\(name): expected \(key) of integers from 0, found \(element.compactText.prefix(40))")
            }
            return integer
        }
    }

    private static func checkCoverage(_ entries: [Entry], of data: Range<Int>) throws {
        var end = data.lowerBound
        for entry in entries {
            guard entry.range.lowerBound == end else {
                let problem = entry.range.lowerBound < end ? "overlaps the one before it" : "leaves a gap before it"
                throw TensorError("the tensor \(entry.name.quoted()): its data \(problem)")
            }
            end = entry.range.upperBound
        }
        guard end == data.upperBound else {
            throw TensorError("expected \(end - data.lowerBound) bytes of data as the header says, found \(data.count)")
        }
    }
}

/// The size of a tensor in bytes; nil where it, or what its other axes alone would make, is beyond an integer.
func byteCount(_ shape: [Int], _ dtype: DType) -> Int? {
    var count = dtype.byteCount
    for size in shape {
        // An empty axis must not hide sizes whose strides the engine could not count.
        let (product, overflows) = count.multipliedReportingOverflow(by: max(size, 1))
        if overflows { return nil }
        count = product
    }
    return shape.contains(0) ? 0 : count
}

extension [Int] {
    /// The list, cut where it would fill a line.
    var brief: String { count <= 8 ? "\(self)" : "[\(prefix(8).map(String.init).joined(separator: ", ")), …]" }
}

extension DType {
    /// The format's name for the type.
    var safetensorsName: String {
        switch self {
        case .uint8: "U8"
        case .int8: "I8"
        case .int16: "I16"
        case .int32: "I32"
        case .int64: "I64"
        case .float16: "F16"
        case .float32: "F32"
        case .float64: "F64"
        case .bool: "BOOL"
        case .bfloat16: "BF16"
        }
    }

    init?(safetensorsName name: String) {
        guard let dtype = DType.allCases.first(where: { $0.safetensorsName == name }) else { return nil }
        self = dtype
    }

    /// The reference implementation writes tensors in falling order of this, then by name.
    var safetensorsRank: Int {
        switch self {
        case .bool: 0
        case .uint8: 1
        case .int8: 2
        case .int16: 3
        case .float16: 4
        case .bfloat16: 5
        case .int32: 6
        case .float32: 7
        case .float64: 8
        case .int64: 9
        }
    }
}
