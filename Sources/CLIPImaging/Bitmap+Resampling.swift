extension Bitmap {
    /// The output pixels by two passes over 8-bit samples, each rounded to 8 bits.
    func resampledPixels(_ target: ResamplingTarget) -> [UInt8] {
        let passes = ResamplingPasses(of: self, target)
        let kernel = ResamplingKernel(channels: mode.channels)
        // Only the pixels that the output needs.
        var samples = SampleGrid(pixels, width: width * mode.channels, window: passes.source, size: mode.channels)
        for pass in passes.order {
            samples =
                switch pass {
                case .horizontal: kernel.horizontal(samples, weights: passes.columns)
                case .vertical: kernel.vertical(samples, weights: passes.rows)
                }
        }
        return samples.contiguous()
    }
}

/// The passes of a resampling: which are needed, in what order, and the weights of each.
struct ResamplingPasses {
    enum Pass {
        case horizontal
        case vertical
    }

    let order: [Pass]
    /// The source pixels that the output needs.
    let source: PixelWindow
    /// The weights over the columns of `source`, counted from its first.
    let columns: ResamplingWeights
    /// The weights over the rows of `source`, counted from its first.
    let rows: ResamplingWeights

    init(of image: Bitmap, _ target: ResamplingTarget) {
        let (box, window) = (target.box, target.window)
        let isHorizontal = target.width != image.width || box.left != 0 || box.right != Float(target.width)
        let isVertical = target.height != image.height || box.top != 0 || box.bottom != Float(target.height)
        let columns = ResamplingWeights(
            sourceCount: image.width, from: box.left, to: box.right, count: target.width, window: window.x,
            filter: target.filter)
        let rows = ResamplingWeights(
            sourceCount: image.height, from: box.top, to: box.bottom, count: target.height, window: window.y,
            filter: target.filter)
        source = PixelWindow(
            x: isHorizontal ? columns.sourceRange : window.x, y: isVertical ? rows.sourceRange : window.y)
        self.columns = columns.shifted(by: source.x.lowerBound)
        self.rows = rows.shifted(by: source.y.lowerBound)
        let isVerticalFirst = Self.isVerticalFirst(of: image, target)
        let all: [Pass] = isVerticalFirst ? [.vertical, .horizontal] : [.horizontal, .vertical]
        order = all.filter { $0 == .horizontal ? isHorizontal : isVertical }
    }

    /// Rounding after each pass makes their order visible. Pillow has always gone along the rows first; since release 13
    /// it begins with the columns where the height loses more than twice as many pixels as the width.
    private static func isVerticalFirst(of image: Bitmap, _ target: ResamplingTarget) -> Bool {
        let (columnsLost, rowsLost) = (image.width - target.width, image.height - target.height)
        return rowsLost > 0 && rowsLost > 2 * columnsLost
    }
}
