internal import CLIPTensor

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Position embeddings that say where a patch is from the first step on: sines and cosines of its row and column
/// (Vaswani et al. 2017, in two dimensions as Chen, Xie and He 2021).
///
/// The published draw is some tenth of what a patch contributes, and each position has to be learned for itself. As long as
/// images do not say where things are, a text tower does best to forget what its words say about places, and the other
/// way round: small runs then never tell left from right.
struct PlaneWaves {
    /// Patches along a side.
    let grid: Int
    /// The width of an embedding.
    let width: Int

    /// As large as a typical patch after it was embedded, or twice that.
    private static let amplitude: Float = 2

    /// `[1 + grid², width]`: zeros for the class token, then the patches row by row.
    func embedding() throws -> Tensor {
        var values = [Float](repeating: 0, count: (1 + grid * grid) * width)
        for patch in 0..<grid * grid {
            let row = (1 + patch) * width
            for channel in 0..<width {
                values[row + channel] = Self.amplitude * wave(channel, x: patch % grid, y: patch / grid)
            }
        }
        return try Tensor(values, shape: [1 + grid * grid, width])
    }

    /// Channels by fours: the sine and cosine of a frequency along x, then along y. The lowest frequency has half a
    /// period along the side, so that its sine rises from one edge to the other; the highest one changes from patch to patch.
    private func wave(_ channel: Int, x: Int, y: Int) -> Float {
        let share = Float(channel / 4) / Float(max(1, width / 4 - 1))
        let frequency = Float.pi * (1 + Float(max(0, grid - 2)) * share)
        let place = (Float(channel % 4 < 2 ? x : y) + 0.5) / Float(grid) - 0.5
        return channel % 2 == 0 ? sin(frequency * place) : cos(frequency * place)
    }
}
