/// A rectangle of an image in fractions of pixels, from its left and top edge to its right and bottom edge.
public struct SampleBox: Sendable, Hashable {
    /// The left edge.
    public var left: Float
    /// The top edge.
    public var top: Float
    /// The right edge.
    public var right: Float
    /// The bottom edge.
    public var bottom: Float

    /// Sets the four edges.
    public init(left: Float, top: Float, right: Float, bottom: Float) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }
}

/// A rectangle of whole pixels.
package struct PixelWindow: Hashable {
    package var x: Range<Int>
    package var y: Range<Int>

    package init(x: Range<Int>, y: Range<Int>) {
        self.x = x
        self.y = y
    }
}

extension Bitmap {
    /// The image, or a part of it, at another size, equal to Pillow's `resize` to the last bit.
    ///
    /// As there, the mode decides: bilevel and palette images take the nearest pixel whatever the filter, images with
    /// alpha are resampled with premultiplied alpha, 16-bit grey in 16 bits.
    public func resized(
        width: Int, height: Int, filter: ResamplingFilter = .bicubic, box: SampleBox? = nil
    ) -> Bitmap {
        resized(
            width: width, height: height, filter: filter, box: box,
            window: PixelWindow(x: 0..<width, y: 0..<height))
    }

    /// The pixels `window` of the image at another size: the same bits as resizing and then cropping, without the rest.
    func resized(
        width: Int, height: Int, filter: ResamplingFilter, box: SampleBox?, window: PixelWindow
    ) -> Bitmap {
        precondition(width > 0 && height > 0, "a resized bitmap has pixels")
        let whole = SampleBox(left: 0, top: 0, right: Float(self.width), bottom: Float(self.height))
        let box = box ?? whole
        precondition(
            box.left >= 0 && box.top >= 0 && box.right <= whole.right && box.bottom <= whole.bottom
                && box.left <= box.right && box.top <= box.bottom, "the box lies within the bitmap")
        if width == self.width && height == self.height && box == whole { return cropped(window) }
        let target = ResamplingTarget(
            width: width, height: height, filter: filter, box: box, window: window, region: bounds)
        let pixels: [UInt8]
        switch (mode, filter) {
        case (.bilevel, _), (.palette, _), (_, .nearest): pixels = nearestPixels(target)
        case (.grey16, _): pixels = resampledPixels16(target)
        case (.greyAlpha, _), (.rgba, _): pixels = unpremultiplied(premultiplied().resampledPixels(target))
        default: pixels = resampledPixels(target)
        }
        return with(pixels: pixels, width: window.x.count, height: window.y.count)
    }

    /// The pixels `region`, as an image of their own, at another size: what lies around them has no part in the result,
    /// other than with a box. This is torchvision's `resized_crop`.
    package func resized(
        width: Int, height: Int, filter: ResamplingFilter, cropping region: PixelWindow,
        loops: ResamplingLoops = .fastest
    ) -> Bitmap {
        precondition(bounds.contains(region) && !region.x.isEmpty && !region.y.isEmpty, "the crop lies in the bitmap")
        let isSameSize = region.x.count == width && region.y.count == height
        guard mode == .rgb || mode == .grey || mode == .cmyk, filter != .nearest, !isSameSize else {
            return cropped(region).resized(width: width, height: height, filter: filter)
        }
        // The same bits as above, without a copy of the region.
        var target = ResamplingTarget(
            width: width, height: height, filter: filter,
            box: SampleBox(left: 0, top: 0, right: Float(region.x.count), bottom: Float(region.y.count)),
            window: PixelWindow(x: 0..<width, y: 0..<height), region: region)
        target.loops = loops
        return with(pixels: resampledPixels(target), width: width, height: height)
    }

    /// All pixels.
    var bounds: PixelWindow { PixelWindow(x: 0..<width, y: 0..<height) }

    /// The samples multiplied by their pixel's alpha.
    private func premultiplied() -> Bitmap {
        let channels = mode.channels
        let samples = bytes(count: pixels.count) { output in
            for base in stride(from: 0, to: pixels.count, by: channels) {
                let alpha = pixels[base + channels - 1]
                for index in base..<base + channels - 1 { output[index] = multiplied(pixels[index], alpha) }
                output[base + channels - 1] = alpha
            }
        }
        return with(pixels: samples, width: width, height: height)
    }

    /// The samples divided by their pixel's alpha.
    private func unpremultiplied(_ samples: [UInt8]) -> [UInt8] {
        let channels = mode.channels
        var samples = samples
        for base in stride(from: 0, to: samples.count, by: channels) {
            let alpha = Int(samples[base + channels - 1])
            if alpha == 0 || alpha == 255 { continue }
            for index in base..<base + channels - 1 {
                samples[index] = UInt8(min(Int(samples[index]) * 255 / alpha, 255))
            }
        }
        return samples
    }
}

/// What resampling is to make: the size of the whole output, the source box that fills it, and the part that is wanted.
struct ResamplingTarget {
    let width: Int
    let height: Int
    let filter: ResamplingFilter
    let box: SampleBox
    let window: PixelWindow
    /// The part of the bitmap that is the source; `box` lies in it.
    let region: PixelWindow
    var loops = ResamplingLoops.fastest
}

extension PixelWindow {
    func contains(_ other: PixelWindow) -> Bool {
        x.lowerBound <= other.x.lowerBound && other.x.upperBound <= x.upperBound
            && y.lowerBound <= other.y.lowerBound && other.y.upperBound <= y.upperBound
    }
}
