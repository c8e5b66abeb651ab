internal import CLIPFiles
public import CLIPTensor

extension TorchFile {
    /// A tensor of the file.
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var dtype: DType
        public var shape: [Int]
        /// How many elements lie between neighbours along each axis.
        package var strides: [Int]
        /// The bytes of the file from the first element to the last.
        package var range: Range<Int>

        /// The size of the elements in bytes.
        public var byteCount: Int { shape.reduce(dtype.byteCount, *) }

        /// Whether the elements lie in row-major order without gaps.
        package var isContiguous: Bool { strides == Self.contiguousStrides(shape) }
    }
}

extension TorchFile.Entry {
    /// More axes than any weight has. A pickle may give one long tuple to many tensors, each of which keeps it.
    private static let rankLimit = 16
    /// A tensor may repeat its elements, but not to a size that neither the file nor this explains.
    private static let repetitionLimit = 1 << 20

    /// Checks what a pickle says of a tensor against the storage, which lies at `range` in the file.
    init(
        _ name: String, _ view: PickleHeap.TensorView, of heap: PickleHeap, storage range: Range<Int>, fileSize: Int
    ) throws {
        let part = try Self.part(heap.storages[view.storage], of: range, name)
        shape = try Self.integers(heap.sequences[view.shape], "sizes", of: name)
        strides = try Self.integers(heap.sequences[view.strides], "strides", of: name)
        (self.name, dtype) = (name, view.dtype)
        guard shape.count == strides.count, let natural = Self.checkedStrides(shape, dtype) else {
            throw Self.refused(name, "a stride for each size of a tensor", "\(shape) and \(strides)")
        }
        // An axis of one element has no neighbours, and a tensor without elements none at all.
        let isEmpty = shape.contains(0)
        for axis in shape.indices where isEmpty || shape[axis] == 1 { strides[axis] = natural[axis] }
        let extent = isEmpty ? 0 : Self.extent(shape, strides)
        guard let extent, view.offset >= 0,
            let start = Self.product(view.offset, dtype.byteCount), let size = Self.product(extent, dtype.byteCount),
            start <= part.count, size <= part.count - start
        else {
            throw Self.refused(
                name, "elements within \(part.count) bytes", "\(shape) with strides \(strides) from \(view.offset)")
        }
        self.range = part.lowerBound + start..<part.lowerBound + start + size
        guard byteCount <= max(fileSize, Self.repetitionLimit) else {
            throw Self.refused(name, "a tensor no larger than the file", "\(byteCount) bytes that repeat \(size)")
        }
    }

    /// The bytes of a storage, or of the part of it that a view covers.
    private static func part(_ storage: PickleHeap.Storage, of range: Range<Int>, _ name: String) throws -> Range<Int> {
        let width = storage.dtype.byteCount
        guard range.count == product(storage.count, width) else {
            throw refused(name, "a storage of \(storage.count) elements of \(storage.dtype)", "\(range.count) bytes")
        }
        return range.lowerBound + storage.part.lowerBound * width..<range.lowerBound + storage.part.upperBound * width
    }

    private static func integers(_ values: [PickleValue], _ what: String, of name: String) throws -> [Int] {
        guard values.count <= rankLimit else {
            throw refused(name, "at most \(rankLimit) \(what)", "\(values.count)")
        }
        return try values.map { value in
            guard case .integer(let integer) = value, integer >= 0 else {
                throw refused(name, "\(what) of integers from 0", value.plainText?.brief ?? value.kind)
            }
            return integer
        }
    }

    private static func refused(_ name: String, _ expected: String, _ found: String) -> TorchFormatError {
        TorchFormatError(expected: "\(expected) for the tensor \(name.quoted())", found: found)
    }
}

/// Sizes and strides.
extension TorchFile.Entry {
    private static func product(_ first: Int, _ second: Int) -> Int? {
        let (product, overflows) = first.multipliedReportingOverflow(by: second)
        return overflows ? nil : product
    }

    /// The strides of row-major order; nil where the size in bytes, or what the other axes of an empty one alone would
    /// make, is beyond an integer.
    private static func checkedStrides(_ shape: [Int], _ dtype: DType) -> [Int]? {
        var count = dtype.byteCount
        for size in shape {
            guard let product = product(count, max(size, 1)) else { return nil }
            count = product
        }
        return contiguousStrides(shape)
    }

    private static func contiguousStrides(_ shape: [Int]) -> [Int] {
        var strides: [Int] = []
        var stride = 1
        for size in shape.reversed() {
            strides.append(stride)
            stride *= max(size, 1)
        }
        return strides.reversed()
    }

    /// The number of elements from the first to the last of a tensor that has some; nil where it overflows.
    private static func extent(_ shape: [Int], _ strides: [Int]) -> Int? {
        var last = 0
        for (size, stride) in zip(shape, strides) {
            guard let step = product(size - 1, stride) else { return nil }
            let (sum, overflows) = last.addingReportingOverflow(step)
            if overflows { return nil }
            last = sum
        }
        let (extent, overflows) = last.addingReportingOverflow(1)
        return overflows ? nil : extent
    }
}
