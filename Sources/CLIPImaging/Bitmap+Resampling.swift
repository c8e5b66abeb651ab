extension Bitmap {
    /// The output pixels by two passes over 8-bit samples, each rounded to 8 bits.
    func resampledPixels(_ target: ResamplingTarget) -> [UInt8] {
        let passes = ResamplingPasses(target)
        let kernel = ResamplingKernel(channels: mode.channels, loops: target.loops)
        // Only the pixels that the output needs.
        var samples = SampleGrid(
            pixels, width: width * mode.channels, window: passes.source(in: target.region), size: mode.channels)
        for pass in passes.order {
            samples =
                switch pass {
                case .horizontal: kernel.resampledRows(samples, weights: passes.columns)
                case .vertical: kernel.resampledColumns(samples, weights: passes.rows)
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
    /// The pixels of the source region that the output needs, counted from its corner.
    private let source: PixelWindow
    /// The weights over the columns of `source`, counted from its first.
    let columns: ResamplingWeights
    /// The weights over the rows of `source`, counted from its first.
    let rows: ResamplingWeights

    init(_ target: ResamplingTarget) {
        let (box, window, region) = (target.box, target.window, target.region)
        let isHorizontal = target.width != region.x.count || box.left != 0 || box.right != Float(target.width)
        let isVertical = target.height != region.y.count || box.top != 0 || box.bottom != Float(target.height)
        let columns = ResamplingWeights(
            sourceCount: region.x.count, from: box.left, to: box.right, count: target.width, window: window.x,
            filter: target.filter)
        let rows = ResamplingWeights(
            sourceCount: region.y.count, from: box.top, to: box.bottom, count: target.height, window: window.y,
            filter: target.filter)
        source = PixelWindow(
            x: isHorizontal ? columns.sourceRange : window.x, y: isVertical ? rows.sourceRange : window.y)
        self.columns = columns.shifted(by: source.x.lowerBound)
        self.rows = rows.shifted(by: source.y.lowerBound)
        let all: [Pass] = Self.isVerticalFirst(target) ? [.vertical, .horizontal] : [.horizontal, .vertical]
        order = all.filter { $0 == .horizontal ? isHorizontal : isVertical }
    }

    /// The pixels that the output needs of an image in which the source region lies.
    func source(in region: PixelWindow) -> PixelWindow {
        let (x, y) = (region.x.lowerBound, region.y.lowerBound)
        return PixelWindow(
            x: source.x.lowerBound + x..<source.x.upperBound + x, y: source.y.lowerBound + y..<source.y.upperBound + y)
    }

    /// Rounding after each pass makes their order visible. Pillow has always gone along the rows first; since release 13
    /// it begins with the columns where the height loses more than twice as many pixels as the width.
    private static func isVerticalFirst(_ target: ResamplingTarget) -> Bool {
        let (columnsLost, rowsLost) = (
            target.region.x.count - target.width, target.region.y.count - target.height
        )
        return rowsLost > 0 && rowsLost > 2 * columnsLost
    }
}
