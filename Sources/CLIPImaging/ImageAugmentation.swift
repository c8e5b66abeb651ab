import Foundation

/// What is done at random to a training image: a crop of random size and proportions brought to the target size, and,
/// each where asked for, a mirror image, other colours, and grey. The defaults are open_clip's: only the crop.
///
/// Each step does what torchvision's `RandomResizedCrop`, `RandomHorizontalFlip`, `ColorJitter` and `Grayscale` do to an
/// image of Pillow's, in this order: the same random numbers give the same bytes.
public struct ImageAugmentation: Codable, Sendable, Hashable {
    /// The least and the greatest part of the image's area that the crop takes.
    public var scale: ClosedRange<Double>
    /// The least and the greatest proportion of the crop's width to its height, before it is brought to size.
    public var ratio: ClosedRange<Double>
    /// The filter that resizes.
    public var interpolation: ResamplingFilter
    /// How probably the image is mirrored left to right. Captions that say left and right want 0.
    public var flipProbability: Double
    /// How the colours change.
    public var jitter: ColorJitter?
    /// How probably the colours change, where a jitter is given.
    public var jitterProbability: Double
    /// How probably the image turns grey.
    public var greyProbability: Double

    /// Sets every step.
    public init(
        scale: ClosedRange<Double> = 0.9...1, ratio: ClosedRange<Double> = 3.0 / 4...4.0 / 3,
        interpolation: ResamplingFilter = .bicubic, flipProbability: Double = 0, jitter: ColorJitter? = nil,
        jitterProbability: Double = 0.8, greyProbability: Double = 0
    ) {
        precondition(scale.lowerBound > 0 && ratio.lowerBound > 0, "a crop has pixels")
        self.scale = scale
        self.ratio = ratio
        self.interpolation = interpolation
        self.flipProbability = flipProbability
        self.jitter = jitter
        self.jitterProbability = jitterProbability
        self.greyProbability = greyProbability
    }

    /// An RGB image of the given size, made at random from another. The same generator state gives the same image.
    public func callAsFunction(
        _ image: Bitmap, width: Int, height: Int, using generator: inout some RandomNumberGenerator
    ) -> Bitmap {
        let crop = randomCrop(width: image.width, height: image.height, using: &generator)
        var result = image.resized(width: width, height: height, filter: interpolation, cropping: crop).rgb()
        if generator.happens(flipProbability) { result = result.flippedHorizontally() }
        if let jitter, generator.happens(jitterProbability) { result = jitter(result, using: &generator) }
        if generator.happens(greyProbability) { result = result.grey().rgb() }
        return result
    }

    /// A crop of whole pixels: ten tries at a random one, then the largest central one within the proportions. Numbers
    /// are rounded where torchvision keeps them in single precision.
    func randomCrop(width: Int, height: Int, using generator: inout some RandomNumberGenerator) -> PixelWindow {
        let logarithms = Double(log(Float(ratio.lowerBound)))...Double(log(Float(ratio.upperBound)))
        for _ in 0..<10 {
            let area = Double(width * height) * Double(Float(generator.uniform(scale)))
            let proportion = Double(exp(Float(generator.uniform(logarithms))))
            let sides = (
                (area * proportion).squareRoot().rounded(.toNearestOrEven),
                (area / proportion).squareRoot().rounded(.toNearestOrEven)
            )
            guard (1...Double(width)).contains(sides.0), (1...Double(height)).contains(sides.1) else { continue }
            let (columns, rows) = (Int(sides.0), Int(sides.1))
            let y = generator.index(below: height - rows + 1)
            let x = generator.index(below: width - columns + 1)
            return PixelWindow(x: x..<x + columns, y: y..<y + rows)
        }
        return centralCrop(width: width, height: height)
    }

    private func centralCrop(width: Int, height: Int) -> PixelWindow {
        /// Within the image, where proportions are beyond its pixels.
        func side(_ length: Double, atMost limit: Int) -> Int {
            Int(min(max(length.rounded(.toNearestOrEven), 1), Double(limit)))
        }
        let proportion = Double(width) / Double(height)
        var (columns, rows) = (width, height)
        if proportion < ratio.lowerBound { rows = side(Double(width) / ratio.lowerBound, atMost: height) }
        if proportion > ratio.upperBound { columns = side(Double(height) * ratio.upperBound, atMost: width) }
        let (x, y) = ((width - columns) / 2, (height - rows) / 2)
        return PixelWindow(x: x..<x + columns, y: y..<y + rows)
    }
}
