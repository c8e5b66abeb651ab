extension Bitmap {
    /// The output pixels by two passes over 8-bit samples, rows first, each rounded to 8 bits.
    func resampledPixels(_ target: ResamplingTarget) -> [UInt8] {
        let passes = ResamplingPasses(of: self, target)
        let kernel = ResamplingKernel(channels: mode.channels)
        var samples: [UInt8]
        if passes.isHorizontal {
            samples = kernel.horizontal(pixels, width: width, rows: passes.rows, weights: passes.columns)
        } else {
            samples = cropped(PixelWindow(x: target.window.x, y: passes.rows)).pixels
        }
        if passes.isVertical {
            samples = kernel.vertical(samples, width: target.window.x.count, weights: passes.rowWeights)
        }
        return samples
    }
}

/// The two passes of a resampling: which of them are needed, and the weights of each.
struct ResamplingPasses {
    let isHorizontal: Bool
    let isVertical: Bool
    /// The source rows that the output needs: all that the first pass has to make.
    let rows: Range<Int>
    let columns: ResamplingWeights
    /// The weights over `rows`, counted from the first of them.
    let rowWeights: ResamplingWeights

    init(of image: Bitmap, _ target: ResamplingTarget) {
        let box = target.box
        isHorizontal = target.width != image.width || box.left != 0 || box.right != Float(target.width)
        isVertical = target.height != image.height || box.top != 0 || box.bottom != Float(target.height)
        columns = ResamplingWeights(
            sourceCount: image.width, from: box.left, to: box.right, count: target.width, window: target.window.x,
            filter: target.filter)
        let vertical = ResamplingWeights(
            sourceCount: image.height, from: box.top, to: box.bottom, count: target.height, window: target.window.y,
            filter: target.filter)
        rows = isVertical ? vertical.sourceRange : target.window.y
        rowWeights = vertical.shifted(by: rows.lowerBound)
    }
}
