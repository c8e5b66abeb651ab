internal import CLIPImaging
internal import CLIPModels
internal import CLIPTensor

/// Brings the positions of an image tower's patches to another grid, as open_clip does it: by bicubic interpolation, the
/// filter widened where the grid shrinks. A position that belongs to no patch stays.
struct PositionInterpolation {
    /// The number of patches along a side.
    private let grid: Int
    /// The number of positions before those of the patches.
    private let others: Int

    init(to vision: VisionConfiguration) {
        switch vision {
        case .transformer(let tower): (grid, others) = (tower.grid, 1)
        case .resNet(let tower): (grid, others) = (tower.grid, 1)
        case .sigLIP(let tower): (grid, others) = (tower.grid, 0)
        }
    }

    /// `[others + g², width]` → `[others + grid², width]`.
    func resized(_ positions: Tensor) throws -> Tensor {
        let (count, width) = (positions.size(0) - others, positions.size(1))
        let old = Int(Double(count).squareRoot().rounded())
        let patches = try positions.slice(0, others..<others + count).cast(to: .float32)
            .reshaped(1, old, old, width).permuted(0, 3, 1, 2).contiguous()
            .resampledBicubic(height: grid, width: grid)
            .permuted(0, 2, 3, 1).reshaped(grid * grid, width).cast(to: positions.dtype)
        guard others > 0 else { return patches }
        return try Tensor.concatenated([positions.slice(0, 0..<others), patches], axis: 0)
    }
}

extension VisionConfiguration {
    /// The model's name of the tensor that holds a position for each patch.
    var positionName: String {
        if case .resNet = self { "visual.attnpool.positional_embedding" } else { "visual.positional_embedding" }
    }

    /// The same tower over images of another size.
    mutating func resize(to size: Int) {
        switch self {
        case .transformer(var tower):
            tower.imageSize = size
            self = .transformer(tower)
        case .resNet(var tower):
            tower.imageSize = size
            self = .resNet(tower)
        case .sigLIP(var tower):
            tower.imageSize = size
            self = .sigLIP(tower)
        }
    }
}

extension ImagePreprocessing {
    /// The same preparation with a result of another size; what is cropped away keeps its share.
    mutating func resize(to size: Int) {
        shortestEdge = shortestEdge.map { $0 * size / min(height, width) }
        (height, width) = (size, size)
    }
}
