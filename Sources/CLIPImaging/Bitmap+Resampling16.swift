extension Bitmap {
    /// The output pixels by two passes over 16-bit samples with weights in double precision.
    func resampledPixels16(_ target: ResamplingTarget) -> [UInt8] {
        let passes = ResamplingPasses(target)
        var grid = Grid16(cropped(passes.source(in: bounds)))
        for pass in passes.order {
            grid = pass == .horizontal ? grid.horizontal(passes.columns) : grid.vertical(passes.rows)
        }
        return grid.samples.withUnsafeBytes(Array.init)
    }
}

/// Rows of 16-bit samples.
private struct Grid16 {
    let samples: [UInt16]
    let width: Int
    var height: Int { samples.count / width }

    init(_ image: Bitmap) {
        samples = image.pixels.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
        width = image.width
    }

    private init(samples: [UInt16], width: Int) {
        self.samples = samples
        self.width = width
    }

    func horizontal(_ weights: ResamplingWeights) -> Grid16 {
        let count = weights.starts.count
        let output = (0..<height * count).map { index in
            sum(from: index / count * width + weights.starts[index % count], step: 1, weights, index % count)
        }
        return Grid16(samples: output, width: count)
    }

    func vertical(_ weights: ResamplingWeights) -> Grid16 {
        let output = (0..<weights.starts.count * width).map { index in
            sum(from: weights.starts[index / width] * width + index % width, step: width, weights, index / width)
        }
        return Grid16(samples: output, width: width)
    }

    /// The weighted sum of samples `step` apart.
    private func sum(from start: Int, step: Int, _ weights: ResamplingWeights, _ index: Int) -> UInt16 {
        var sum = 0.0
        for tap in 0..<weights.counts[index] {
            sum += Double(samples[start + tap * step]) * weights.weights[index * weights.stride + tap]
        }
        return UInt16(min(max(sum.rounded(.toNearestOrAwayFromZero), 0), 65535))
    }
}
