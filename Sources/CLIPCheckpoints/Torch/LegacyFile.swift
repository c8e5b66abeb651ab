internal import CLIPTensor

/// A file as torch.save wrote it before PyTorch 1.6: pickles one after the other (a magic number, a version, the machine,
/// the object, the keys of its storages), then the elements of each storage behind their number.
struct LegacyFile {
    let root: PickleValue
    let heap: PickleHeap
    /// The size of the object's pickle in bytes.
    let pickleSize: Int
    /// Where the elements of each storage lie, by its key.
    let ranges: [String: Range<Int>]

    private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    private static let version = 1001

    init(_ bytes: UnsafeRawBufferPointer) throws {
        var position = try Self.start(bytes)
        var reader = try PickleReader(bytes, at: position)
        root = try reader.read()
        heap = reader.heap
        pickleSize = reader.cursor.position - position
        position = reader.cursor.position
        reader = try PickleReader(bytes, at: position)
        let list = try reader.read()
        guard let keys = reader.heap.elements(list) else {
            throw TorchFormatError(expected: "the list of the storages' keys", found: list.kind)
        }
        ranges = try Self.ranges(bytes, at: reader.cursor.position, keys: keys, widths: Self.widths(heap.storages))
    }

    /// Checks what stands before the object, and returns where that begins.
    private static func start(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        var reader = try PickleReader(bytes)
        guard case .longInteger(let digits) = try reader.read(), bytes[digits].elementsEqual(magic) else {
            throw TorchFormatError(
                expected: "the magic number of torch.save", found: "a pickle that torch.save did not write")
        }
        reader = try PickleReader(bytes, at: reader.cursor.position)
        let version = try reader.read()
        guard case .integer(Self.version) = version else {
            throw TorchFormatError(
                expected: "version \(Self.version) of torch.save's format", found: version.plainText ?? version.kind)
        }
        reader = try PickleReader(bytes, at: reader.cursor.position)
        let machine = try reader.read()
        guard let items = reader.heap.items(machine), case .bool(true)? = reader.heap.value("little_endian", of: items)
        else {
            throw TorchFormatError(
                expected: "elements in little-endian order", found: "the byte order of another machine")
        }
        return reader.cursor.position
    }

    /// The size of an element of each storage, by its key.
    private static func widths(_ storages: [PickleHeap.Storage]) throws -> [String: Int] {
        var widths: [String: Int] = [:]
        for storage in storages {
            let width = storage.dtype.byteCount
            if let other = widths.updateValue(width, forKey: storage.key), other != width {
                throw TorchFormatError(
                    expected: "one type of elements in the storage \(storage.key.brief)", found: "two")
            }
        }
        return widths
    }

    private static func ranges(
        _ bytes: UnsafeRawBufferPointer, at position: Int, keys: [PickleValue], widths: [String: Int]
    ) throws -> [String: Range<Int>] {
        var cursor = try ByteCursor(bytes, at: position, of: "the stored elements")
        var ranges: [String: Range<Int>] = [:]
        for key in keys {
            guard case .string(let key) = key, let width = widths[key], ranges[key] == nil else {
                throw TorchFormatError(
                    expected: "the keys of the storages, each once", found: (key.plainText ?? key.kind).brief)
            }
            let count = try cursor.integer(Int64.self)
            let (size, overflows) = Int(count).multipliedReportingOverflow(by: width)
            let start = cursor.position
            _ = try cursor.take(overflows ? -1 : size)
            ranges[key] = start..<cursor.position
        }
        return ranges
    }
}
