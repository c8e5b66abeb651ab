internal import CCLIPTorch

/// Where a tensor's memory lies and its operators run.
public enum Device: Hashable, Sendable, CustomStringConvertible {
    case cpu
    /// A CUDA device by its number.
    case cuda(Int)
    /// Apple's GPU.
    case mps

    /// Reads `cpu`, `cuda`, `cuda:N` or `mps`; anything else is nil.
    public init?(_ text: String) {
        switch text {
        case "cpu": self = .cpu
        case "cuda": self = .cuda(0)
        case "mps": self = .mps
        default:
            guard text.hasPrefix("cuda:"), let index = Int(text.dropFirst(5)), index >= 0 else { return nil }
            self = .cuda(index)
        }
    }

    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        case .mps: "mps"
        }
    }

    /// The kind of device, as autocast is switched by it.
    var kind: String {
        switch self {
        case .cpu: "cpu"
        case .cuda: "cuda"
        case .mps: "mps"
        }
    }

    /// Throws where this machine, or this libtorch, lacks the device.
    public func checkAvailable() throws {
        switch self {
        case .cpu: return
        case .cuda(let index):
            let count = Int(clip_cuda_device_count())
            guard index < count else {
                throw TensorError("device \(self): expected a CUDA device of that number, found \(count) CUDA devices")
            }
        case .mps:
            #if canImport(Darwin)
                _ = try Tensor.zeros([1], device: self)
            #else
                throw TensorError("device mps: expected Apple's GPU, found a machine without one")
            #endif
        }
    }
}
