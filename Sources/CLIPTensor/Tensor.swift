internal import CCLIPTorch

/// An n-dimensional array on a device: a reference to libtorch's tensor.
///
/// Copies share memory, as in libtorch. A tensor is not `Sendable`: it can change in place, and libtorch keeps a team of
/// threads for every thread that calls it. Keep one engine's tensors on one ``TensorThread``.
public struct Tensor {
    let handle: TensorHandle
}

/// Owns one reference to an `at::Tensor`.
final class TensorHandle {
    let reference: clip_tensor_ref

    init(owning reference: clip_tensor_ref) {
        self.reference = reference
    }

    deinit {
        clip_tensor_release(reference)
    }
}

extension Tensor {
    init(owning reference: clip_tensor_ref) {
        self.init(handle: TensorHandle(owning: reference))
    }

    /// The sizes of the axes; `[]` is a scalar.
    public var shape: [Int] {
        let reference = handle.reference
        return (0..<clip_tensor_rank(reference)).map { Int(clip_tensor_size(reference, $0)) }
    }

    /// The number of axes.
    public var rank: Int { clip_tensor_rank(handle.reference) }

    /// The size of an axis; a negative one counts from the last.
    public func size(_ axis: Int) -> Int {
        let index = axis < 0 ? axis + rank : axis
        precondition((0..<rank).contains(index), "axis \(axis) of a tensor with \(rank) axes")
        return Int(clip_tensor_size(handle.reference, index))
    }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// The type of the elements.
    public var dtype: DType {
        guard let dtype = DType(rawValue: clip_tensor_dtype(handle.reference)) else {
            preconditionFailure("operators that CLIP uses return none of libtorch's other types")
        }
        return dtype
    }

    /// Where the tensor lies.
    public var device: Device {
        guard let text = clip_tensor_device(handle.reference) else { return .cpu }
        defer { clip_string_free(text) }
        return Device(String(cString: text)) ?? .cpu
    }
}

extension Tensor: CustomStringConvertible {
    public var description: String { "Tensor(\(shape), \(dtype), \(device))" }
}
