internal import CCLIPTorch

extension Tensor {
    /// A tensor with the given elements in row-major order. Their number must be the product of the shape.
    public init<Element: TensorElement>(_ elements: [Element], shape: [Int]) throws {
        try self.init(elements, shape: shape, dtype: Element.dtype)
    }

    /// A scalar.
    public init<Element: TensorElement>(_ element: Element) throws {
        try self.init([element], shape: [])
    }

    /// A tensor whose elements are the bits of `storage`; `dtype` names what they mean.
    init<Element: BitwiseCopyable & Sendable>(_ storage: [Element], shape: [Int], dtype: DType) throws {
        let needed = shape.reduce(1, *) * dtype.byteCount
        guard storage.count * MemoryLayout<Element>.stride == needed else {
            throw TensorError(
                "a tensor of the shape \(shape): expected \(needed) bytes, found \(storage.count) elements")
        }
        let owner = ArrayMemory(copying: storage)
        try self.init(memory: owner.base, ownedBy: owner, shape: shape, dtype: dtype)
    }

    /// A tensor over memory that `owner` keeps valid and that nothing else changes while the tensor lives.
    ///
    /// Reading is safe because the owner is retained until libtorch drops the memory. Writing in place must not be done
    /// to a tensor over read-only (mapped) memory.
    package init(memory: UnsafeMutableRawPointer, ownedBy owner: AnyObject, shape: [Int], dtype: DType) throws {
        let context = Unmanaged.passRetained(owner)
        let sizes = shape.map(Int64.init)
        let reference = try checked("a tensor over memory") { error in
            clip_tensor_over(
                memory, sizes, sizes.count, dtype.rawValue, { Unmanaged<AnyObject>.fromOpaque($0!).release() },
                context.toOpaque(), &error)
        }
        guard let reference else { throw TensorError("a tensor over memory: no tensor and no reason") }
        self.init(owning: reference)
    }

    /// Calls `body` with the elements in row-major order, copied to the CPU and made contiguous where they are not.
    public func withElements<Element: TensorElement, Result>(
        as type: Element.Type = Element.self,
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) throws -> Result {
        precondition(dtype == Element.dtype, "the elements are \(dtype), not \(Element.dtype)")
        return try withBytes { bytes in try body(bytes.bindMemory(to: Element.self)) }
    }

    /// Calls `body` with the bytes of the elements in row-major order.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        let here = try detached().moved(to: .cpu).contiguous()
        let byteCount = here.count * here.dtype.byteCount
        return try withExtendedLifetime(here) {
            try body(UnsafeRawBufferPointer(start: clip_tensor_data(here.handle.reference), count: byteCount))
        }
    }

    /// The elements in row-major order, converted to `Element`.
    public func elements<Element: TensorElement>(as type: Element.Type = Element.self) throws -> [Element] {
        try cast(to: Element.dtype).withElements { [Element]($0) }
    }

    /// The single element of a tensor with one element.
    public func scalar() throws -> Double {
        precondition(count == 1, "a scalar has one element, this tensor \(count)")
        return try elements(as: Double.self)[0]
    }
}

/// Memory on the heap, with the alignment that vector kernels like.
private final class ArrayMemory {
    let base: UnsafeMutableRawPointer

    init<Element: BitwiseCopyable>(copying elements: [Element]) {
        let byteCount = elements.count * MemoryLayout<Element>.stride
        base = .allocate(byteCount: max(byteCount, 1), alignment: 64)
        elements.withUnsafeBytes {
            base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: byteCount)
        }
    }

    deinit {
        base.deallocate()
    }
}
