import CLIPTensor

/// The convolution whose stride is its size, as a product: each patch is a row.
struct PatchEmbedding {
    let weight: Tensor
    let bias: Tensor?
    let patchSize: Int
    let grid: Int
    let width: Int
    let name: String

    init(_ scope: ParameterScope, patchSize: Int, grid: Int, width: Int, hasBias: Bool) throws {
        name = scope.name
        (self.patchSize, self.grid, self.width) = (patchSize, grid, width)
        let fanIn = 3 * patchSize * patchSize
        weight = try scope.parameter("weight", [width, 3, patchSize, patchSize], .fanIn(fanIn))
        bias = hasBias ? try scope.parameter("bias", [width], .fanIn(fanIn)) : nil
    }

    /// `[B, 3, height, width]` → `[B, grid², D]`, row by row.
    func callAsFunction(_ pixels: Tensor, _ pass: Pass) throws -> Tensor {
        let (batch, side) = (pixels.size(0), patchSize)
        // Pixels right of and below the last whole patch are not seen, as in the convolution.
        let whole = try pixels.slice(2, 0..<grid * side).slice(3, 0..<grid * side)
        let patches_BGPGP = try whole.reshaped(batch, 3, grid, side, grid, side)
        let rows = try patches_BGPGP.permuted(0, 2, 4, 1, 3, 5).reshaped(batch, grid * grid, 3 * side * side)
        return pass.recorded(name, try rows.linear(weight: weight.reshaped(width, -1), bias: bias))
    }
}

extension Pass {
    /// Patches `[B, G, D]` → those that are kept, `[B, kept, D]`.
    func kept(_ patches_BGD: Tensor) throws -> Tensor {
        guard let keptPatches else { return patches_BGD }
        let index = try keptPatches.unsqueezed(2).expanded([-1, -1, patches_BGD.size(2)])
        return try patches_BGD.gathered(1, at: index)
    }
}
