internal import CCLIPTorch

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The memory that list and string arguments borrow during one call.
struct ArgumentArena {
    private var blocks: [UnsafeMutableRawPointer] = []

    mutating func encode(_ value: Value) -> clip_value {
        switch value {
        case .none: clip_value(kind: CLIP_NONE, integer: 0, number: 0, items: nil, count: 0)
        case .tensor(let tensor):
            clip_value(
                kind: CLIP_TENSOR, integer: 0, number: 0, items: UnsafeRawPointer(tensor.handle.reference), count: 0)
        case .int(let value): clip_value(kind: CLIP_INT, integer: Int64(value), number: 0, items: nil, count: 0)
        case .double(let value): clip_value(kind: CLIP_DOUBLE, integer: 0, number: value, items: nil, count: 0)
        case .bool(let value): clip_value(kind: CLIP_BOOLEAN, integer: value ? 1 : 0, number: 0, items: nil, count: 0)
        case .string(let text): list(CLIP_STRING, Array(text.utf8CString))
        case .ints(let values): list(CLIP_INTS, values.map(Int64.init))
        case .doubles(let values): list(CLIP_DOUBLES, values)
        case .bools(let values): list(CLIP_BOOLEANS, values)
        case .tensors(let tensors): list(CLIP_TENSORS, tensors.map(\.handle.reference))
        case .generator(let generator):
            clip_value(
                kind: CLIP_GENERATOR, integer: 0, number: 0, items: UnsafeRawPointer(generator.reference), count: 0)
        }
    }

    private mutating func list<Element: BitwiseCopyable>(_ kind: clip_kind, _ elements: [Element]) -> clip_value {
        let block = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        block.initialize(from: elements, count: elements.count)
        blocks.append(UnsafeMutableRawPointer(block))
        return clip_value(kind: kind, integer: 0, number: 0, items: UnsafeRawPointer(block), count: elements.count)
    }

    mutating func deallocate() {
        for block in blocks { block.deallocate() }
        blocks = []
    }
}

extension Value {
    /// Takes over a result, whose tensors the C side handed out.
    init(taking result: clip_value) {
        switch result.kind {
        case CLIP_TENSOR:
            // Safe, because the C side stores a reference with every result of this kind.
            self = .tensor(Tensor(owning: clip_tensor_ref(result.items!)))
        case CLIP_INT: self = .int(Int(result.integer))
        case CLIP_DOUBLE: self = .double(result.number)
        case CLIP_BOOLEAN: self = .bool(result.integer != 0)
        case CLIP_TENSORS:
            let references = result.items!.assumingMemoryBound(to: clip_tensor_ref.self)
            self = .tensors((0..<result.count).map { Tensor(owning: references[$0]) })
            free(UnsafeMutableRawPointer(mutating: result.items))
        default: self = .none
        }
    }
}
