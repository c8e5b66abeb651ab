public import CLIPTensor

/// What one forward pass is for.
public struct Pass {
    /// Whether batch normalisation uses the batch's own statistics and updates the running ones.
    public var isTraining = false
    /// Whether batch norms whose gains have no gradient keep their running statistics and use them, as FrozenBatchNorm does.
    public var freezesLockedStatistics = false
    /// The type of the residual streams; nil leaves what the layers give: under autocast to 16 bits, open_clip's image
    /// tower has 16 and its text tower 32.
    public var streamType: DType?
    /// Where named intermediates are recorded.
    public var trace: Trace?
    /// Whether blocks keep their input alone and are computed a second time for their gradients (Chen et al. 2016).
    public var recomputesBlocks = false
    /// Whether this is the second time that a block is computed: running statistics have been updated already.
    package var isRecomputing = false
    /// The patches that an image transformer sees of each image, int64 `[batch, kept]`, in any order; nil is all of them
    /// (Li et al. 2023, "FLIP").
    public var keptPatches: Tensor?

    /// A pass that evaluates and records nothing, unless said otherwise.
    public init(isTraining: Bool = false, streamType: DType? = nil, trace: Trace? = nil) {
        self.isTraining = isTraining
        self.streamType = streamType
        self.trace = trace
    }
}

/// The intermediates of a forward pass, by the names of the layers that gave them: `visual.transformer.resblocks.3.attn`.
///
/// Sequences are `[batch, length, width]`, maps `[batch, channels, height, width]`.
public final class Trace {
    /// What was recorded, in the order of computation.
    public private(set) var tensors: [NamedTensor] = []
    private let wanted: ((String) -> Bool)?

    /// Records the layers whose names `wanted` accepts; all where it is nil.
    public init(wanted: ((String) -> Bool)? = nil) {
        self.wanted = wanted
    }

    /// The tensor that was recorded under a name.
    public subscript(name: String) -> Tensor? { tensors.last { $0.name == name }?.tensor }

    func record(_ name: String, _ tensor: Tensor) {
        if wanted?(name) ?? true { tensors.append(NamedTensor(name: name, tensor: tensor)) }
    }
}

extension Pass {
    /// Brings the start of a residual stream to its type.
    func stream(_ tensor: Tensor) throws -> Tensor { try streamType.map(tensor.cast(to:)) ?? tensor }

    /// Records a layer's result and hands it on.
    func recorded(_ name: String, _ tensor: Tensor) -> Tensor {
        trace?.record(name, tensor)
        return tensor
    }
}
